import type { Field } from '../../types/values.ts'
import type { Ssl } from '../tls.ts'
import type { Target } from '../url.ts'

/** The answer to one statement: rows with their columns, or what was changed. Of several results the first one that has rows. */
export interface Reply {
  /** As the server prints them, whichever protocol they came in. */
  readonly rows: readonly (readonly (Buffer | null)[])[]
  readonly fields: readonly Field[] | undefined
  readonly changes: number
  /** The first number that AUTO_INCREMENT gave. */
  readonly insertId: number
  /** The status flags of the protocol, of the last result; undefined after rows. */
  readonly status: number | undefined
  /** Of several results those that have rows. */
  readonly results?: readonly Pick<Reply, 'rows' | 'fields'>[]
}

/** One session of a server, as a driver gives it. It is never opened again. */
export interface DriverConnection {
  /** The server's number of the session, where nothing stands between. */
  readonly threadId: number
  /** The driver has the server add IGNORE_SPACE to the `sql_mode` with which the session begins. */
  readonly addsIgnoreSpace: boolean
  /** By the text protocol: the one that takes every statement. */
  text(sql: string): Promise<Reply>
  /** By the binary protocol, which has all digits of a FLOAT. The server forgets the statement afterwards. */
  prepared(sql: string): Promise<Reply>
  /** The connection has ended, by whatever side; also while no statement is under way. */
  onLost(lost: (error: Error) => void): void
  /** Ends what is running, as far as the client can. Absent: another connection ends it. */
  interrupt?(): Promise<void>
  /**
   * Ends the transaction and gives up locks, temporary tables, variables and prepared statements: COM_RESET_CONNECTION. The database and
   * the role stay. Absent: the connection is not ours. https://dev.mysql.com/doc/c-api/8.4/en/mysql-reset-connection.html
   */
  reset?(): Promise<void>
  /** Says good-bye to the server. */
  end(): Promise<void>
  /** Ends it at once, without a word and without another connection. */
  destroy(): void
}

/** A package that speaks to servers. */
export interface Driver {
  /**
   * The session has the character set utf8mb4, counts the rows that a statement found, and lets no server read files of this machine.
   *
   * @param ssl undefined: without TLS
   */
  connect(target: Target, ssl: Ssl | undefined, signal: AbortSignal | undefined): Promise<DriverConnection>
}
