#!/bin/sh
# Installs what cmake/debian.txt lists, on Debian 12, Ubuntu 24.04 or later: as root, or through sudo.
# Nothing missing: nothing done. Elsewhere: says what to install, and fails.
set -eu

list=$(dirname "$0")/debian.txt
alternatives=$(sed -e 's/#.*//' -e 's/[[:space:]]*|[[:space:]]*/|/g' -e 's/[[:space:]]//g' -e '/^$/d' "$list")

installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=
for line in $alternatives; do
  found=
  for package in $(echo "$line" | tr '|' ' '); do
    if command -v dpkg-query >/dev/null && installed "$package"; then found=yes; fi
  done
  [ -n "$found" ] || missing="$missing $line"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "setup: this is neither Debian nor Ubuntu. Install what these packages are called here, then run cmake --workflow:" >&2
  echo "  $alternatives" | tr '\n' ' ' | sed 's/|[^ ]*//g' >&2
  echo >&2
  exit 1
fi

if [ "$(id -u)" = 0 ]; then
  root=
elif command -v sudo >/dev/null; then
  root=sudo
else
  echo "setup: not root, and there is no sudo. As root: apt-get install --no-install-recommends$(echo "$missing" | sed 's/|[^ ]*//g')" >&2
  exit 1
fi

# The first of the alternatives that apt knows; a failure where it knows none.
choose() {
  packages=
  for line in $missing; do
    chosen=
    for package in $(echo "$line" | tr '|' ' '); do
      if [ -z "$chosen" ] && [ -n "$(apt-cache madison "$package" 2>/dev/null)" ]; then chosen=$package; fi
    done
    [ -n "$chosen" ] || return 1
    packages="$packages $chosen"
  done
}

echo "setup: installing$missing"
# shellcheck disable=SC2086  # a list of words
install() {
  choose && $root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends $packages </dev/null
}
if ! choose; then $root apt-get update --quiet=2; fi
if ! choose; then
  echo "setup: apt has no package $line: Debian 12, Ubuntu 24.04 or later is needed, with the section universe on Ubuntu" >&2
  exit 1
fi
# A list that is out of date names files that are gone: bring it up to date, and once more.
install || { $root apt-get update --quiet=2 && install; }
