/** In the order in which they are taken; the last one is a database itself, and has URLs of its own. */
export const driverNames = ['postgres', 'pg', 'pglite'] as const
export type DriverName = (typeof driverNames)[number]
