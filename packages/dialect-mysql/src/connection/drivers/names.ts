/** In the order in which they are taken. */
export const driverNames = ['mysql2', 'mariadb'] as const
export type DriverName = (typeof driverNames)[number]

/** An open client with what is known of it before anything is sent. */
export interface OpenClient {
  readonly name: DriverName
  readonly client: object
  /** A pool gives each session a connection of its own. */
  readonly isPool: boolean
  /** It has one connection: sessions take turns. */
  readonly isSingle: boolean
  readonly host: string
  readonly port: number
  readonly socket?: string
  readonly user?: string
  /** What its options name; empty: none. */
  readonly database: string
  /** Its database for people. */
  readonly display: string
}
