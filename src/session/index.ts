export type { DownloadProblem, DownloadResult, FileReport, RunRecord } from '../protocol/keeper';
export type { DatabaseReport, TableReport } from '../protocol/machine';
export { Session, type SessionOptions } from './session';
export type { OutputPiece, SavedState, SessionPhase, SessionReport, SessionState } from './state';
