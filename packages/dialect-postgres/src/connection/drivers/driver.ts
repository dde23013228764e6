import type { Parameter, ResultColumn } from '../../types/values.ts'
import type { DriverSsl } from '../tls.ts'
import type { ConnectionTarget } from '../url.ts'

/** The rows of a statement as texts of the server, with what it reports of them. */
export interface DriverResult extends ReadonlyArray<readonly (string | null)[]> {
  readonly command: string | null
  readonly count: number | null
  readonly columns: readonly ResultColumn[] | null
  /** The number that the session was given at its start for canceling its statements. */
  readonly state?: { readonly pid: number | null } | null
}

/** One statement with parameters, or several in one text without. */
export interface DriverStatement {
  readonly sql: string
  readonly params: readonly Parameter[]
  /** Prepared under a name, where a session keeps names. */
  readonly named: boolean
  readonly several: boolean
}

export interface DriverQuery {
  readonly answer: PromiseLike<DriverResult>
  /** Whether it is on its way to the server. */
  isSent(): boolean
  /** Whether all that was sent before it has its answer, and it has none yet. */
  isActive(): boolean
  /** Takes it out of the queue, or cancels it in the server; ends once the request is delivered. */
  cancel(): Promise<void>
}

/** One session of a server, as a driver gives it. Statements are answered in the order in which they are sent. */
export interface DriverClient {
  query(statement: DriverStatement): DriverQuery
  /** The session has begun: from now on a driver may open another connection, to cancel a statement. */
  established?(): void
  /** Before it has begun: what it waits for in this program. */
  readonly waitsFor?: string | undefined
  /** Ends the session: with a goodbye that may take this long, or at once, and what is under way fails. */
  end(graceS: 0 | 1): Promise<void>
}

export interface DriverNotice {
  readonly code?: string | undefined
}

export interface DriverHandlers {
  readonly onclose: () => void
  readonly onnotice: (notice: DriverNotice) => void
}

export interface ClientOptions extends DriverHandlers {
  readonly ssl: DriverSsl
  /** Settings of the session, sent with the request to connect. */
  readonly startup: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** A session for a shadow, while another one of this process waits for it. */
  readonly isInner: boolean
}

/** A package that speaks to servers. */
export interface Driver {
  /**
   * A session that is never replaced by another: without lifetime, idle limit or a second try. Nothing that the target names is taken from
   * the environment. What connecting throws is what the first statement throws.
   */
  open(target: ConnectionTarget, options: ClientOptions): DriverClient
}
