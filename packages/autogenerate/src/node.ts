/** Folders of other tools' migrations, read and written as revisions: `@org/migrate-autogenerate/node`. */

export { type DrizzleFolderOptions, readDrizzleFolder } from './adopt/folders/drizzle-folder.ts'
export type { FolderMigration, ForeignText, MigrationFolder } from './adopt/folders/foreign-folder.ts'
export { readPlainFolder } from './adopt/folders/plain-folder.ts'
export { type ImportedFilesOptions, type ImportedRevision, makeImportedFiles } from './adopt/imported-files.ts'
