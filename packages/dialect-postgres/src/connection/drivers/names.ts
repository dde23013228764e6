/** The packages that speak to servers, in the order in which they are taken. */
export const driverNames = ['postgres', 'pg'] as const
export type DriverName = (typeof driverNames)[number]
