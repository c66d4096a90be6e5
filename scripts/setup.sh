#!/bin/sh
# Makes a bare machine ready: Node is there already; ffmpeg, fonts and node_modules are what is missing.
# Safe to run again. Installs only through the system's package manager and npm; downloads no binary from anywhere else.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

node_ok() { has node && node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; }
if ! node_ok; then
  say "textless needs Node.js 20.19 or later; found: $(has node && node --version || echo none). See https://nodejs.org/."
  exit 2
fi

packages=''
has ffmpeg && has ffprobe || packages='ffmpeg'
# Fonts are needed by the benchmark and by the captions of the sheets only.
fonts_missing() { ! has fc-list || [ -z "$(fc-list ":lang=$1" 2>/dev/null | head -n 1)" ]; }
fonts_missing en && packages="$packages fontconfig fonts-dejavu-core"
fonts_missing zh && packages="$packages fonts-wqy-microhei"

if [ -n "$packages" ]; then
  root=''
  [ "$(id -u)" -eq 0 ] || { has sudo && sudo -n true 2>/dev/null && root='sudo'; }
  if has apt-get && { [ "$(id -u)" -eq 0 ] || [ -n "$root" ]; }; then
    say "installing $packages"
    $root apt-get update -qq >&2
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $packages >&2
  else
    say "missing: $packages. Please type:"
    if has apt-get; then say "  sudo apt-get update && sudo apt-get install $packages"
    elif has dnf; then say "  sudo dnf install ffmpeg-free dejavu-sans-fonts wqy-microhei-fonts"
    elif has pacman; then say "  sudo pacman -S ffmpeg ttf-dejavu wqy-microhei"
    elif has apk; then say "  sudo apk add ffmpeg font-dejavu font-wqy-zenhei"
    elif has brew; then say "  brew install ffmpeg"
    else say "  (your system's command to install ffmpeg)"; fi
    has ffmpeg && has ffprobe || exit 2
  fi
fi

if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  say 'installing node modules'
  npm ci --no-audit --no-fund --loglevel=error >&2
fi
if [ ! -f dist/cli/main.js ] || [ -n "$(find src tsconfig.build.json -newer dist/cli/main.js -type f | head -n 1)" ]; then
  say 'building'
  npx tsc -p tsconfig.build.json
  chmod +x dist/cli/main.js
fi
