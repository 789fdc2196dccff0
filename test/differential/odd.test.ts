import { comparePrograms } from './compare';

comparePrograms(1);
