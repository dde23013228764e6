import { isUtf8 } from 'node:buffer'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MigrateError } from '../errors/migrate-error.ts'
import type { RevisionModule, SqlFiles } from '../graph/revision.ts'
import { normaliseSource, sha256 } from '../model/canonical.ts'
import { textOf } from './folder.ts'
import { refuseOtherRevision } from './sql-header.ts'
import { sqlModule, sqlText } from './sql-revision.ts'

/** The texts of the folder of a revision in SQL. Throws REVISION_UNREADABLE, also for bytes that are no UTF-8. */
export function readSqlFolder(folder: string): SqlFiles {
  const downFile = join(folder, 'down.sql')
  const up = read(join(folder, 'up.sql'))
  return existsSync(downFile) ? { up, down: read(downFile), downFile } : { up, downFile }
}

function read(file: string): SqlFiles['up'] {
  const text = textOf(file)
  // What is no UTF-8 comes as this character, and would be stored as it: the text of a table's rows is not ours to change.
  if (text.includes('\uFFFD') && !isUtf8(readFileSync(file))) {
    const why = 'is no UTF-8'
    throw new MigrateError('REVISION_UNREADABLE', { file, why }, `${file} ${why}`, {
      remedy: 'Save the file as UTF-8.',
    })
  }
  return { file, text: sqlText(text) }
}

/** Both files, and whether there are two. */
export function hashOfSql({ up, down }: SqlFiles): string {
  const texts = [up, ...(down === undefined ? [] : [down])].map(({ text }) => sha256(normaliseSource(text)))
  return sha256(texts.join('\n'))
}

/** Throws HEADER_INVALID where down.sql names another revision. */
export function moduleOfSql(files: SqlFiles, revision: string): RevisionModule {
  if (files.down !== undefined) refuseOtherRevision(files.down.text, files.down.file, revision)
  return sqlModule(files)
}
