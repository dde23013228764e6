export { graph, sequential, type SequentialTierOptions } from './load/files.ts'
export { importModule, type ModuleExports } from './load/import/import-module.ts'
export { originalPositions } from './load/import/position.ts'
