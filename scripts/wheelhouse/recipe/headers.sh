#!/bin/sh
# Unpacks a package of another suite into the toolchain's root, without installing it. mmdebstrap runs this outside of the root.
#
#   headers.sh ROOT SUITE PACKAGE
set -eu
root=$1 suite=$2 package=$3
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"

# The same archive; the lists of a suite that changes daily may be old where the archive is a mirror.
archive=$(sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' "$root/etc/apt/sources.list" | head -n 1)
echo "deb [check-valid-until=no] $archive $suite main" > "$root/etc/apt/sources.list.d/headers.list"
apt-get update
mkdir -p "$root/build/headers"
cd "$root/build"
apt-get download "$package/$suite"
dpkg-deb -x "${package}"_*.deb headers
