import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { inTransaction, selectRows, withDialectSession } from '@org/migrate-core/internal'
import { readState, replaceRows, writingRows } from './store.ts'
import { templatesTable, upgradeState } from './tables.ts'

/** What new members come from. */
export interface TemplateRecord {
  /** The revisions and the kind of server that it is for. */
  readonly id: string
  /** A snapshot of the schema at head. */
  readonly text: string
  /** What the revisions make and it may not; empty: members come from it. */
  readonly missing: readonly string[]
}

export function readTemplate(opener: UnloadedDialect, id: string): Promise<TemplateRecord | undefined> {
  return readState<TemplateRecord | undefined>(opener, templatesTable, undefined, async (session, dialect) => {
    const { sql, params } = selectRows(dialect, templatesTable, ['text', 'missing'], { where: [['id', id]] })
    const [row] = await session.query(sql, params)
    if (row === undefined) return undefined
    return { id, text: String(row.text), missing: JSON.parse(String(row.missing)) as readonly string[] }
  })
}

/** Writes it in the place of an earlier one. */
export async function writeTemplate(opener: UnloadedDialect, { id, text, missing }: TemplateRecord): Promise<void> {
  await upgradeState(opener)
  const cells = [
    ['id', id],
    ['text', text],
    ['missing', JSON.stringify(missing)],
  ] as const
  await writingRows(() =>
    withDialectSession(opener, { purpose: 'run' }, (session) =>
      inTransaction(session, {}, () => replaceRows(session, opener, templatesTable, [cells])),
    ),
  )
}
