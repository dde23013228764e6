/** In the order in which they are taken. */
export const driverNames = ['mysql2', 'mariadb'] as const
export type DriverName = (typeof driverNames)[number]
