/** A slice of NumPy's own tests. */
import { testUpstream } from '../fixtures/upstream-tests';

testUpstream({
  name: 'numpy',
  configuration: 'pytest.ini',
  sources: ['numpy/conftest.py', 'numpy/_core/tests', 'numpy/lib/tests', 'numpy/random/tests', 'numpy/fft/tests'],
  modules: [
    'numpy/_core/tests/test_dtype.py',
    'numpy/_core/tests/test_datetime.py',
    'numpy/_core/tests/test_indexing.py',
    'numpy/lib/tests/test_stride_tricks.py',
    'numpy/lib/tests/test_arraysetops.py',
    'numpy/random/tests/test_direct.py',
    'numpy/fft/tests/test_pocketfft.py',
  ],
  known: {},
  left: {},
  least: 1500,
});
