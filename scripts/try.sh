#!/bin/sh
# Wipes a sample programme on a machine with nothing but Node: sets up, makes the sample, wipes it, shows where to look.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh
[ -f samples/out/logo-subtitles/marked.mp4 ] || npx tsx samples/make.ts --only logo-subtitles
mkdir -p samples/out/wiped
node dist/cli/main.js wipe samples/out/logo-subtitles/marked.mp4 -o samples/out/wiped/logo-subtitles.mp4 --sheet samples/out/wiped/logo-subtitles.png --overwrite "$@"
