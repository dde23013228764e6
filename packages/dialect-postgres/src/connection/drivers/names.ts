/** In the order in which they are taken; the last one is a database itself, and has URLs of its own. */
export const driverNames = ['postgres', 'pg', 'pglite'] as const
export type DriverName = (typeof driverNames)[number]

export const serverDrivers = ['postgres', 'pg'] as const

/** What npm installs for it. */
export const packageOf = (name: DriverName): string => (name === 'pglite' ? '@electric-sql/pglite' : name)

/** An open client with what is known of it before anything is sent. */
export interface OpenClient {
  readonly name: DriverName
  readonly client: object
  /** A pool gives each session a connection of its own. */
  readonly isPool: boolean
  /** Its database for people. */
  readonly display: string
  /** It has one connection: sessions take turns. */
  readonly isSingle: boolean
}
