export type { ErrorFrame, ErrorPart, ErrorReport, Json, MimeBundle } from '../base/mime-bundle';
export {
  type ChosenFile,
  KEPT_DELETED,
  LONGEST_SESSION_NAME,
  MOST_PREVIEWED,
  type Preview,
  type SessionAbout,
  type SessionEntry,
  type StorageMeasure,
} from '../protocol/catalogue';
export type { ComparedTable, LookedTable } from '../protocol/database-reader';
export type { Loss } from '../protocol/image';
export {
  type CapsuleMeasure,
  type Checkpoint,
  type CheckpointList,
  type CheckpointReport,
  type DownloadProblem,
  type DownloadResult,
  type Durability,
  FIRST_SESSION,
  type FileReport,
  isSessionId,
  type RunRecord,
} from '../protocol/keeper';
export type {
  CallSignature,
  CompletionOption,
  CompletionRequest,
  DatabaseAnswer,
  DatabaseCell,
  DatabaseReport,
  DatabaseRows,
  DatabaseSchema,
  DatabaseTable,
  LookName,
  Looks,
  TableReport,
  Variable,
  VariableLevel,
  VariableList,
  VariablesView,
  VariableTable,
} from '../protocol/looks';
export type { PackageMount } from '../protocol/packages';
export { Baselines } from './baselines';
export {
  type ComparedFile,
  type ComparedVariable,
  type CompareOptions,
  canTake,
  type FileDetail,
  type JoinChoice,
  SessionComparison,
} from './comparison/comparison';
export { ChosenSide, type ComparisonSide, MomentSide, type SideVariable } from './comparison/sides';
export type { TableDifference } from './comparison/table-difference';
export type { CellDifference, TextDifference } from './comparison/text-difference';
export type { DatabaseChange, SessionDatabase } from './database';
export type { Draft } from './document';
export type { FileTask, FileUndo, SessionFiles } from './files';
export { SessionLesson } from './lesson';
export type { SessionNetwork } from './network';
export { addressOfCapsule, capsuleOffered, fileOffered, type Offer, offerIn } from './offers';
export { type OriginalFile, SessionOrigin } from './origin';
export { PackageBaselines } from './package-baselines';
export { PackageIndex } from './package-index';
export type { PackagesState, SessionPackages } from './packages';
export { Session, type SessionOptions } from './session';
export { hasSession, Sessions, type SessionsOptions } from './sessions';
export { type OutputPiece, OWNING, type Resumed, type SavedState, type SessionPhase, type SessionReport, type SessionState } from './state';
export { filesOfNothing, filesOfOffered, listOffered, type Offered } from './templates';
export type { SessionVariables } from './variables';
export { Wheels } from './wheels';
