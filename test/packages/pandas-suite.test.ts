/** A slice of pandas' own tests. */
import { testUpstream } from '../fixtures/upstream-tests';

testUpstream({
  name: 'pandas',
  configuration: 'pyproject.toml',
  sources: ['pandas/conftest.py', 'pandas/tests'],
  modules: [
    'pandas/tests/frame/test_constructors.py',
    'pandas/tests/reshape/test_pivot.py',
    'pandas/tests/tslibs/test_parsing.py',
    'pandas/tests/tslibs/test_conversion.py',
    'pandas/tests/arrays/categorical/test_constructors.py',
  ],
  known: {},
  left: {},
  least: 1000,
});
