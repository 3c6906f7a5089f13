#!/usr/bin/env bash
# Prepares this folder to run or to be tested: system packages, Python environment, translations. Quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-}
case $purpose in
  run) requirements=run ;;
  test) requirements=dev ;;
  *) echo "usage: deploy/setup.sh {run|test}" >&2; exit 2 ;;
esac

# Of two `make` started at once the second waits here.
exec 9<deploy
flock 9

say() { printf '%s\n' "$*" >&2; }

# Installs Debian packages as root or by sudo without a question; else prints the one line to run and fails.
install_packages() {
  local root=()
  if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      say "These system packages are missing. Run this line once, then try again:"
      say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
      return 1
    fi
    root=(sudo -n)
  fi
  say "Installing system packages: $*"
  "${root[@]}" apt-get update -qq -o DPkg::Lock::Timeout=300
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >&2
}

# Prints those of the given packages that are not installed, in one line.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null | awk '$1 == "ii" {print $2}') || true
  printf '%s\n' "$@" | grep -vxF -e "${installed:-none}" | paste -sd ' ' || true
}

# ── system packages ──
# Pango and HarfBuzz lay out certificates; the Noto CJK package holds both the serif and the sans font.
needed=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk)
# The browser and the PDF programs that judge certificates from outside: only tests use them.
# Of Chromium only what has no window, which loads a page in half the time; Ubuntu has it whole alone.
if grep -qs '^ID=ubuntu' /etc/os-release; then browser=chromium-browser; else browser=chromium-headless-shell; fi
tools=("$browser" poppler-utils qpdf openssl softhsm2 zbar-tools)

if command -v dpkg-query >/dev/null; then
  missing=$(missing_packages "${needed[@]}")
  # shellcheck disable=SC2086  # a list of package names, meant to be split
  if [ -n "$missing" ]; then install_packages $missing; fi
  if [ "$purpose" = test ]; then
    missing=$(missing_packages "${tools[@]}")
    # shellcheck disable=SC2086
    if [ -n "$missing" ] && ! install_packages $missing; then
      [ "${CI:-}" != true ] || exit 1
      say "Going on without: the tests that need them are skipped."
    fi
  fi
elif [ ! -d .venv ]; then
  say "This is no Debian or Ubuntu. The portal needs Pango, HarfBuzz and the fonts Noto Serif CJK and Noto Sans CJK;"
  say "the tests also need Chromium, poppler-utils, qpdf, openssl and zbar-tools."
fi

# ── Python environment ──
find_python() {
  local name
  for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      echo "$name"
      return
    fi
  done
  say "Python 3.11 or newer is needed and was not found."
  return 1
}

if [ ! -x .venv/bin/pip ]; then
  python=$(find_python)
  # Debian keeps ensurepip in a package of its own.
  "$python" -c 'import ensurepip, venv' 2>/dev/null || install_packages "$python-venv"
  "$python" -m venv .venv
fi

fingerprint() { cat "deploy/requirements/$1.txt" pyproject.toml | sha256sum | cut -d' ' -f1; }
is_installed() { [ "$(cat ".venv/installed-$1" 2>/dev/null)" = "$(fingerprint "$1")" ]; }

# What the tests need includes what the portal needs, at the same versions.
if ! is_installed "$requirements" && ! is_installed dev; then
  say "Installing Python packages (deploy/requirements/$requirements.txt)"
  .venv/bin/pip install --quiet --quiet --disable-pip-version-check --only-binary=:all: --require-hashes \
    --requirement "deploy/requirements/$requirements.txt"
  .venv/bin/pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
  fingerprint "$requirements" >".venv/installed-$requirements"
fi

# ── translations ──
for catalogue in portal/translations/*/LC_MESSAGES/*.po; do
  if [ "$catalogue" -nt "${catalogue%.po}.mo" ]; then
    .venv/bin/pybabel --quiet compile --input-file="$catalogue" --output-file="${catalogue%.po}.mo"
  fi
done
