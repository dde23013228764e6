import type { TableModel } from '../model/schema-model.ts'
import type { Session } from './session.ts'

/** What the rows of a table amount to, whatever their order. */
export interface TableFingerprint {
  readonly rows: bigint
  /** By column: equal where it has the same values, each as often. */
  readonly columns: ReadonlyMap<string, string>
  /** Equal where the same values are together in rows, each row as often. */
  readonly wholeRows: string
}

/** How databases are measured. */
export interface DialectMeasures {
  /** How much the database of the session takes on the disk, as far as the server reports it. */
  bytes(session: Session): Promise<bigint>
  /** Compared with others of the same server alone. */
  fingerprint(session: Session, table: TableModel): Promise<TableFingerprint>
}
