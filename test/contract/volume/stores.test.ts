import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openMemoryStore } from '../../../src/volume';
import { openNodeStore } from '../../../src/volume/node-store';
import { FaultyStore } from '../../fixtures/faulty-store';
import { volumeContract } from './contract';

const folder = mkdtempSync(join(tmpdir(), 'dormouse-volume-'));
let stores = 0;
afterAll(() => rmSync(folder, { recursive: true }));

volumeContract('memory', () => openMemoryStore());
volumeContract("Node's files", () => openNodeStore(join(folder, String(++stores))));
volumeContract('the fault injector', () => new FaultyStore());
