/** What stands behind the first point: every version of SQLite 3 begins with 3. NaN for what is no such version. */
export const minorOf = (version: string): number => Number(/^3\.(\d+)(?:\.\d+)*$/.exec(version)?.[1])

/** ALTER COLUMN … SET/DROP NOT NULL, ADD and DROP CONSTRAINT of a CHECK: https://www.sqlite.org/releaselog/3_53_0.html */
export const altersConstraints = '3.53.0'
