import type { ColumnModel, Session, TableModel } from '@org/migrate-core/dialect'
import { foldName, isKeyword, nameOf, significant, tokenize } from '../sql/tokenize.ts'
import { fromSql } from '../types/types.ts'

/** The module of a CREATE VIRTUAL TABLE text; undefined for every other text. */
export function moduleOf(source: string): string | undefined {
  const tokens = significant(tokenize(source))
  if (!isKeyword(tokens[0], 'CREATE') || !isKeyword(tokens[1], 'VIRTUAL')) return undefined
  const using = tokens.findIndex((token) => isKeyword(token, 'USING'))
  const module = using === -1 ? undefined : tokens[using + 1]
  return module === undefined ? undefined : nameOf(module)
}

/** The value of an option of a virtual table's module: `content = 'notes'`. */
export function moduleOption(source: string, option: string): string | undefined {
  const tokens = significant(tokenize(source))
  const at = tokens.findIndex((token, index) => isKeyword(token, option) && tokens[index + 1]?.text === '=')
  const value = at === -1 ? undefined : tokens[at + 2]
  return value && nameOf(value)
}

/** The tables that a virtual table keeps its data in. */
export async function shadowTables(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.query(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'`)
  return new Set(rows.map((row) => foldName(String(row.name))))
}

/** The modules that this connection knows: the columns of a table of another module cannot be asked for. */
export async function readAvailableModules(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.query('SELECT name FROM pragma_module_list')
  return new Set(rows.map((row) => foldName(String(row.name))))
}

/** A virtual table: its columns are what its module says, not what its text says. */
export async function readVirtual(
  session: Session,
  name: string,
  source: string,
  isAvailable: boolean,
): Promise<TableModel> {
  const rows = isAvailable
    ? await session.query(
        `SELECT name, type, "notnull" AS required FROM pragma_table_xinfo(?, 'main') WHERE hidden <> 1`,
        [name],
      )
    : []
  const columns = rows.map(
    (row): ColumnModel => ({
      name: String(row.name),
      type: fromSql(String(row.type)),
      nullable: row.required !== 1n,
    }),
  )
  return { ref: { name }, columns, constraints: [], indexes: [], options: {}, opaque: 'virtual', source }
}
