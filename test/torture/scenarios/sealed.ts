/** A large memory that can be checked: what the scenarios share that kill while it is captured, or while it is brought back. */
import type { Workbench } from '../../e2e/workbench';
import { program } from '../disk';
import type { Random } from '../random';

/** Adds to what the interpreter remembers, beside much that does not compress and its checksum. */
const REMEMBER = `
if "remembered" not in globals():
    remembered, counting = [], (n for n in range(1, 1 << 30))
ballast = b"".join(os.urandom(1 << 20) for _ in range(BALLAST))
remembered.append(next(counting))
seal = hashlib.sha256(ballast + bytes(remembered)).hexdigest()
note("remembered", len(remembered))
print("nothing but the saving is left")
`;

const CHECK = `
if "seal" in globals():
    print("seal", hashlib.sha256(ballast + bytes(remembered)).hexdigest() == seal, len(remembered), next(counting))
    counting = iter(range(len(remembered) + 1, 1 << 30))
else:
    print("no seal")
`;

/** A run that fills the memory, mostly with what is new. */
export const remember = (random: Random): string => program(REMEMBER, { BALLAST: random.between(24, 64) });

/** Runs it to its end. @throws Error when it is not kept */
export async function rememberAndKeep(workbench: Workbench, random: Random): Promise<void> {
  await workbench.run(remember(random));
  const promise = (await workbench.saved.textContent()) ?? '';
  if (!promise.includes('everything kept')) throw new Error(`The run was not kept: ${promise}`);
}

/** What is wrong with the memory that was brought back, in sentences. */
export async function brokenSeal(workbench: Workbench): Promise<string[]> {
  const text = await workbench.run(program(CHECK, {}));
  const [, whole, length, next] = /seal (\w+) (\d+) (\d+)/.exec(text) ?? [];
  if (whole === undefined) return text.includes('no seal') ? [] : [`the memory could not be looked at: ${text.slice(-300)}`];
  if (whole !== 'True') return ['the memory is not what it was when it was captured'];
  return Number(next) === Number(length) + 1 ? [] : [`the generator goes on with ${next} after ${length}`];
}
