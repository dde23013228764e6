import type { ResultColumn } from '../../types/values.ts'
import type { DriverResult } from './driver.ts'

/** The messages of a server as `pg-protocol` reads them: pg and PGlite give them in this form. */
export interface RowDescription {
  readonly fields: readonly {
    readonly name: string
    readonly tableID: number
    readonly columnID: number
    readonly dataTypeID: number
  }[]
}

export interface DataRow {
  readonly fields: readonly (string | null)[]
}

export interface CommandComplete {
  /** `INSERT 0 3`, `CREATE TABLE`. */
  readonly text: string
}

const columnsOf = ({ fields }: RowDescription): readonly ResultColumn[] =>
  fields.map(({ name, tableID, columnID, dataTypeID }) => ({
    name,
    type: dataTypeID,
    table: tableID,
    number: columnID,
  }))

/** What is read of a statement; of several in one text the last one counts. */
export class StatementReader {
  columns: readonly ResultColumn[] | null
  #rows: (readonly (string | null)[])[] = []
  #command: string | null = null
  #count: number | null = null

  /** `columns`: of a statement that was described before. */
  constructor(columns: readonly ResultColumn[] | null = null) {
    this.columns = columns
  }

  described(message: RowDescription): void {
    this.columns = columnsOf(message)
    this.#rows = []
  }

  row({ fields }: DataRow): void {
    this.#rows.push(fields)
  }

  completed({ text }: CommandComplete): void {
    const [, command = text, count] = /^([A-Z ]*[A-Z])(?: \d+)*? (\d+)$/.exec(text) ?? []
    this.#command = command
    this.#count = count === undefined ? null : Number(count)
  }

  result(pid: number | null): DriverResult {
    return Object.assign(this.#rows, {
      command: this.#command,
      count: this.#count,
      columns: this.columns,
      state: { pid },
    })
  }
}
