import { comparePrograms } from './compare';

comparePrograms(0);
