#!/bin/sh
# Passes every check on a machine with nothing but Node: sets up, then types, lint, format and tests.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh
npm run --silent check
npm run --silent lint
npm run --silent format:check
npx vitest run
