import type BetterSqlite3 from 'better-sqlite3'

export function whyNotLoaded(driver: 'better-sqlite3' | 'better-sqlite3-multiple-ciphers'): string | undefined
export const hasDriver: boolean
export const Database: typeof BetterSqlite3
