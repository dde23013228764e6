import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'

const {
  sql: { classify },
  errors: { kindOf: faultOf },
} = sqliteDialect({ url: ':memory:' })

describe('classify', () => {
  it.each([
    ['SELECT 1', 'query'],
    ['  -- DROP TABLE\n/* x */ select 1;', 'query'],
    ['VALUES (1)', 'query'],
    ['WITH a AS (DELETE) SELECT 1', 'query'],
    ['WITH RECURSIVE a(x) AS (SELECT 1) UPDATE t SET x = 1', 'dml'],
    ['REPLACE INTO t VALUES (1)', 'dml'],
    ['EXPLAIN DELETE FROM t', 'query'],
    ['PRAGMA main.table_info(t)', 'query'],
    ['PRAGMA foreign_keys = OFF', 'setting'],
    ['PRAGMA user_version', 'setting'],
    ['CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END', 'ddl'],
    ['VACUUM', 'ddl'],
    ["ATTACH 'x' AS y", 'ddl'],
    ['END', 'transaction'],
    ['SAVEPOINT x', 'transaction'],
    [';BEGIN IMMEDIATE', 'transaction'],
    ['; /* x */ ; COMMIT;', 'transaction'],
    [';SELECT 1', 'query'],
    ['SELECT 1; COMMIT', 'unknown'],
    ['nonsense', 'unknown'],
    ['', 'unknown'],
  ])('%s is %s', (sql, expected) => {
    expect(classify(sql)).toBe(expected)
  })
})

describe('faultOf', () => {
  const fault = (...statements: string[]): string => {
    const db = new Database(':memory:')
    try {
      for (const sql of statements) db.exec(sql)
      return 'none'
    } catch (error) {
      return faultOf(error)
    } finally {
      db.close()
    }
  }
  it.each([
    ['missing', ['SELECT * FROM nope']],
    ['missing', ['CREATE TABLE t (a)', 'SELECT b FROM t']],
    ['exists', ['CREATE TABLE t (a)', 'CREATE TABLE t (a)']],
    ['exists', ['CREATE TABLE t (a)', 'ALTER TABLE t ADD COLUMN a']],
    ['syntax', ['SELEC 1']],
    ['constraint', ['CREATE TABLE t (a UNIQUE)', 'INSERT INTO t VALUES (1), (1)']],
    ['constraint', ['CREATE TABLE t (a INTEGER PRIMARY KEY)', "INSERT INTO t VALUES ('x')"]],
    ['full', ['PRAGMA max_page_count = 3', 'CREATE TABLE t (a)', 'INSERT INTO t VALUES (zeroblob(100000))']],
    ['readOnly', ['CREATE TABLE t (a)', 'PRAGMA query_only = ON', 'INSERT INTO t VALUES (1)']],
  ])('%s: %j', (expected, statements) => {
    expect(fault(...statements)).toBe(expected)
  })

  it('of anything else is unknown', () => {
    expect([faultOf(new Error('x')), faultOf(undefined), faultOf({ code: 7 })]).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ])
  })
})
