import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { MigrateError } from '../errors/migrate-error.ts'
import type { RevisionModule, SqlEffect, SqlEffects, SqlFile, SqlFiles } from '../graph/revision.ts'
import { normaliseSource, sha256 } from '../model/canonical.ts'
import { textOf } from './folder.ts'
import { effectsNames } from './folder-names.ts'
import { importModule } from './import/import-module.ts'
import type { Exports } from './module-check.ts'
import { refuseOtherRevision } from './sql-header.ts'
import { sqlModule, sqlText } from './sql-revision.ts'
import { requireUtf8 } from './utf8.ts'

/** The texts of the folder of a revision in SQL, as they lie there. */
interface SqlFolder extends Omit<SqlFiles, 'effects'> {
  /** The module that says what the statements of up.sql do to the schema. */
  readonly effectsFile?: SqlFile
}

/** Throws REVISION_UNREADABLE, also for bytes that are no UTF-8. */
export function readSqlFolder(folder: string): SqlFolder {
  const downFile = join(folder, 'down.sql')
  const effectsFile = effectsNames.map((name) => join(folder, name)).find((file) => existsSync(file))
  return {
    up: read(join(folder, 'up.sql')),
    ...(existsSync(downFile) ? { down: read(downFile) } : {}),
    downFile,
    ...(effectsFile === undefined ? {} : { effectsFile: read(effectsFile) }),
  }
}

function read(file: string): SqlFile {
  const text = textOf(file)
  requireUtf8(file, text)
  return { file, text: sqlText(text) }
}

const textHash = ({ text }: SqlFile): string => sha256(normaliseSource(text))

/** Every file, and which there are. */
export function hashOfSql({ up, down, effectsFile }: SqlFolder): string {
  const effects = effectsFile === undefined ? [] : ['effects', textHash(effectsFile)]
  return sha256([textHash(up), ...(down === undefined ? [] : [textHash(down)]), ...effects].join('\n'))
}

/** Throws HEADER_INVALID where down.sql names another revision; REVISION_IMPORT_FAILED, REVISION_FILE_INVALID for the effects. */
export async function moduleOfSql({ effectsFile, ...files }: SqlFolder, revision: string): Promise<RevisionModule> {
  if (files.down !== undefined) refuseOtherRevision(files.down.text, files.down.file, revision)
  if (effectsFile === undefined) return sqlModule(files)
  const { file } = effectsFile
  return sqlModule({ ...files, effects: checkedEffects(await importModule(file, textHash(effectsFile)), file) })
}

function isEffect(value: unknown): value is SqlEffect {
  return typeof value === 'function' || value === 'none'
}

function checkedEffects({ effects }: Exports, file: string): SqlEffects {
  if (isEffect(effects)) return effects
  if (Array.isArray(effects) && effects.every(isEffect)) return effects
  const why = 'it exports no `effects`: a function, or a list of functions and `none`, one for each statement'
  throw new MigrateError('REVISION_FILE_INVALID', { file, why }, `${file}: ${why}`, {
    remedy: 'Export `effects(op)` from the file, or take the file away.',
  })
}
