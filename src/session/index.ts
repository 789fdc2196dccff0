export { LONGEST_SESSION_NAME, type SessionEntry } from '../protocol/catalogue';
export {
  type DownloadProblem,
  type DownloadResult,
  type Durability,
  FIRST_SESSION,
  type FileReport,
  isSessionId,
  type RunRecord,
} from '../protocol/keeper';
export type { DatabaseReport, TableReport } from '../protocol/machine';
export { Session, type SessionOptions } from './session';
export { Sessions, type SessionsOptions } from './sessions';
export type { OutputPiece, SavedState, SessionPhase, SessionReport, SessionState } from './state';
