export type { RevisionHeader } from './graph/revision.ts'
export { graph, type SequentialTierOptions, sequential } from './load/files.ts'
export { importModule, type ModuleExports } from './load/import/import-module.ts'
export { originalPositions } from './load/import/position.ts'
