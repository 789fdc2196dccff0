#!/bin/sh
# Cross-compiles packages for Pyodide. Runs in the toolchain's root (toolchain.mjs), where everything lies below /build:
#   recipe/           this folder
#   python_stdlib.zip Pyodide's own, which says how its Python was configured
#   sources/          source archives, and Cython's wheel
#   wheels/           where the wheels go, and where NumPy's is when pandas is built
# The paths are fixed because Cython and the compiler write them into what they make.
#
#   build.sh prepare VERSION        describes Pyodide's Python, whose version that is
#   build.sh numpy|pandas VERSION   builds a wheel
#   build.sh pure NAME VERSION      packs a wheel of a package whose C is only there to make it faster
set -eu

export BUILD=/build HOME=/build PATH=/build/tools:/usr/bin:/bin LC_ALL=C.UTF-8 TZ=UTC
# The start of what a zip can say, and no random order of sets.
export SOURCE_DATE_EPOCH=315532800 PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1
cd $BUILD

prepare() {
  rm -rf bin tools target cython
  mkdir -p bin tools target/stubs work wheels
  for name in cc c++; do cp recipe/compiler.py bin/$name; done
  cp recipe/target_python.py bin/python
  # Cython reads NumPy's declarations from its package.
  printf '#!/bin/sh\nPYTHONPATH=/build/cython:/build/numpy exec python3 -m cython "$@"\n' > tools/cython
  chmod +x bin/* tools/*
  python3 -m zipfile -e sources/cython-*.whl cython
  # What pandas imports to find NumPy's headers, and its version.
  echo 'def get_include(): return "/build/numpy/numpy/_core/include"' > target/stubs/numpy.py
  : > target/stubs/versioneer.py
  python3 recipe/target.py python_stdlib.zip headers/usr/include/python3.14 headers/usr/include/*-linux-gnu*/python3.14/pyconfig.h "$1" $BUILD/target
}

# unpack NAME VERSION: its source archive, below work/
unpack() {
  rm -rf "work/$1-$2"
  tar -xzf "sources/$1-$2.tar.gz" -C work --no-same-owner
}

# meson NAME VERSION [options]: configures, compiles and installs into work/NAME-site/site
meson_install() {
  name=$1 source=$BUILD/work/$1-$2
  shift 2
  # NumPy carries a Meson that knows its needs; pandas is content with it.
  meson=$(echo $BUILD/work/numpy-*/vendored-meson/meson/meson.py)
  rm -rf "work/$name-build" "work/$name-site"
  echo "== $name: configure"
  (cd "$source" && PYTHONPATH=$BUILD/target/stubs python3 "$meson" setup "$BUILD/work/$name-build" --cross-file $BUILD/recipe/cross.ini --prefix=/ \
    --buildtype=release -Db_ndebug=true -Dpython.platlibdir=/site -Dpython.purelibdir=/site -Dpython.bytecompile=-1 "$@")
  echo "== $name: compile"
  ninja -C "work/$name-build"
  echo "== $name: install"
  python3 "$meson" install -C "work/$name-build" --no-rebuild --quiet --destdir "$BUILD/work/$name-site"
}

case $1 in
  prepare) prepare "$2" ;;
  numpy)
    unpack numpy "$2"
    # No BLAS for WebAssembly is at hand: NumPy's own linear algebra. Its vector code has no WebAssembly form.
    meson_install numpy "$2" -Dallow-noblas=true -Ddisable-optimization=true
    python3 recipe/pack.py work/numpy-site/site "work/numpy-$2" "$3" wheels
    ;;
  pandas)
    rm -rf numpy
    python3 -m zipfile -e wheels/numpy-*.whl numpy
    [ -e work/numpy-*/vendored-meson ] || unpack numpy "$(basename sources/numpy-*.tar.gz .tar.gz | cut -d- -f2)"
    unpack pandas "$2"
    meson_install pandas "$2"
    python3 recipe/pack.py work/pandas-site/site "work/pandas-$2" "$3" wheels
    ;;
  pure)
    unpack "$2" "$3"
    python3 recipe/pack.py "work/$2-$3/src" "work/$2-$3" "$4" wheels
    ;;
  *) echo "build.sh: unknown step $1" >&2; exit 2 ;;
esac
