/**
 * Comparing schemas, writing revisions from the comparison, and reading what other tools have left: `@org/migrate-core/compare`. A program
 * that only migrates needs none of it.
 */

export { type FolderMatch, type FolderStatus, type MatchedBy, matchFolder } from './adopt/folders/match-folder.ts'
export { importedRevisions } from './adopt/imported-revisions.ts'
export type { Change, ChangesByDialect, FillChange, OperationChange } from './autogenerate/change.ts'
export { type ReadSchema, type ReadSchemaOptions, readSchema } from './autogenerate/compare/read-schema.ts'
export { withStatements } from './autogenerate/compare/with-statements.ts'
export type { FillAnswer } from './autogenerate/compose/composition.ts'
export { type CreationOptions, creationsOf } from './autogenerate/creations.ts'
export { type Diff, type DiffRequest, diffSchemas } from './autogenerate/diff.ts'
export { type MaterialiseOptions, materialise } from './autogenerate/materialise.ts'
export type { BodyChange, BodyChanges, GapChange } from './autogenerate/render/body-change.ts'
export { type BodyInput, type RenderedBody, renderBody } from './autogenerate/render/render-body.ts'
export { withoutTools } from './recognise/exclude-tools.ts'
export { type RecogniseOptions, recogniseTools } from './recognise/recognise.ts'
export type * from './recognise/recogniser.ts'
export { recognisers } from './recognise/tools/all.ts'
