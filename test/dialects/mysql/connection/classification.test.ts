import { describe, expect, it } from 'vitest'
import { sqlModes } from '../../../../packages/dialect-mysql/src/connection/settings.ts'
import { atLeast, flavourOf, since } from '../../../../packages/dialect-mysql/src/flavour.ts'
import { classify } from '../../../../packages/dialect-mysql/src/sql/classify.ts'
import { portable } from '../../../../packages/dialect-mysql/src/sql/portable.ts'

describe('a statement is', () => {
  it.each([
    ['query', 'SELECT 1'],
    ['query', '(SELECT 1) UNION (SELECT 2)'],
    ['query', 'WITH a AS (SELECT 1) SELECT * FROM a'],
    ['query', 'SELECT * FROM t FOR UPDATE'],
    ['query', 'TABLE t'],
    ['query', 'VALUES ROW(1), ROW(2)'],
    ['query', 'SHOW CREATE TABLE t'],
    ['query', 'DESCRIBE t'],
    ['query', 'EXPLAIN DELETE FROM t'],
    ['query', 'DO 0'],
    ['query', 'ANALYZE SELECT 1'],
    ['query', 'SELECT /*+ MAX_EXECUTION_TIME(1) */ 1'],
    ['dml', 'insert into t values (1)'],
    ['dml', 'REPLACE INTO t VALUES (1)'],
    ['dml', 'WITH a AS (SELECT 1 AS id) DELETE FROM t WHERE id IN (SELECT id FROM a)'],
    ['dml', "LOAD DATA INFILE '/x' INTO TABLE t"],
    ['dml', 'EXPLAIN ANALYZE DELETE t FROM t JOIN u'],
    ['dml', 'ANALYZE UPDATE t SET a = 1'],
    ['ddl', 'CREATE TABLE t (a int)'],
    ['ddl', 'CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; SET NEW.b = 2; END'],
    ['ddl', 'TRUNCATE t'],
    ['ddl', 'RENAME TABLE a TO b'],
    ['ddl', 'ANALYZE TABLE t'],
    ['ddl', 'OPTIMIZE TABLE t'],
    ['ddl', "GRANT SELECT ON *.* TO 'a'"],
    ['ddl', 'FLUSH TABLES'],
    ['ddl', 'LOAD INDEX INTO CACHE t'],
    ['ddl', 'START REPLICA'],
    ['ddl', "SET PASSWORD = 'x'"],
    ['transaction', 'START TRANSACTION'],
    ['transaction', 'BEGIN'],
    ['transaction', ';BEGIN'],
    ['transaction', '/*!50000 BEGIN */'],
    ['transaction', '/*M! START TRANSACTION */'],
    ['transaction', "EXECUTE IMMEDIATE 'COMMIT'"],
    ['transaction', "PREPARE s FROM 'ROLLBACK'"],
    ['transaction', '/* a */ COMMIT'],
    ['transaction', 'ROLLBACK TO SAVEPOINT a'],
    ['transaction', 'LOCK TABLES t WRITE'],
    ['transaction', "XA START 'a'"],
    ['setting', 'SET foreign_key_checks = 0'],
    ['setting', 'USE other'],
    ['unknown', 'CALL p()'],
    ['unknown', 'HANDLER t OPEN'],
    ['unknown', 'BEGIN NOT ATOMIC DELETE FROM t; END'],
    ['unknown', "PREPARE s FROM 'DROP TABLE t'"],
    ['unknown', "SELECT * FROM t INTO OUTFILE '/tmp/x'"],
    ['unknown', "SELECT a INTO DUMPFILE '/tmp/x' FROM t"],
    ['unknown', 'SELECT 1; DROP TABLE t'],
    ['unknown', 'SELECT 1 /*!50000 INTO OUTFILE "/x" */'],
    ['unknown', '/*! DROP TABLE t */'],
    ['unknown', '/*M! DROP TABLE t */'],
    ['unknown', ''],
  ])('%s: %s', (kind, sql) => {
    expect(classify(sql)).toBe(kind)
  })

  it('told apart from what stands in its texts and names', () => {
    expect(classify('SELECT "; DROP TABLE t"')).toBe('query')
    expect(classify("SELECT '/*! x */', `;` FROM t # ; DROP")).toBe('query')
    expect(classify("SELECT 'a\\'; DROP TABLE t -- '")).toBe('query')
  })
})

describe('SQL of a data step', () => {
  it.each([
    ['SELECT "id", "a""b" FROM "t`x" WHERE "id" = ?', 'SELECT `id`, `a"b` FROM `t``x` WHERE `id` = ?'],
    ["SELECT 'a\\b', 'it''s' FROM t", "SELECT 'a\\\\b', 'it''s' FROM t"],
    ['SELECT \'"x"\'', 'SELECT \'"x"\''],
    ['SELECT 1 --x "y\nFROM t', 'SELECT 1  FROM t'],
    ['SELECT /*! 1 */ 2', 'SELECT   2'],
    ['SELECT `a` FROM t', 'SELECT `a` FROM t'],
  ])('%s', (sql, expected) => {
    expect(portable(sql)).toBe(expected)
  })

  it.each([
    'SELECT a || b FROM t',
    "SELECT 'it\\'s'",
    'SELECT "a',
    'SELECT "" FROM t',
    "DELETE FROM t WHERE a #>> '{b}' = 'c'",
  ])('%s would mean something else here', (sql) => {
    expect(() => portable(sql)).toThrow()
  })
})

describe('a server', () => {
  it.each([
    ['11.4.2-MariaDB-1:11.4.2+maria~deb12', 'mariadb.org binary distribution', 'mariadb', [11, 4, 2]],
    ['5.5.5-10.6.18-MariaDB', '', 'mariadb', [10, 6, 18]],
    ['10.11.6', 'MariaDB Server', 'mariadb', [10, 11, 6]],
    ['8.0.36', 'MySQL Community Server - GPL', 'mysql', [8, 0, 36]],
    ['9.7.4-2', '(Debian)', 'mysql', [9, 7, 4]],
    ['8.0.32-24', 'Percona Server (GPL)', 'mysql', [8, 0, 32]],
  ])('that says %s, %s', (version, comment, flavour, numbers) => {
    expect(flavourOf(version, comment)).toEqual({ flavour, version: numbers })
  })

  it('that says nothing of the kind is none', () => {
    expect(flavourOf('PostgreSQL 15', '')).toBe(undefined)
  })

  it('has what came with its release or before', () => {
    expect(atLeast([8, 0, 17], [8, 0, 17])).toBe(true)
    expect(atLeast([8, 0, 17], [8, 0, 18])).toBe(false)
    expect(atLeast([10, 11, 0], [10, 6, 99])).toBe(true)
    expect(since({ flavour: 'mysql', version: [9, 0, 0] }, { mariadb: [10, 6, 0] })).toBe(false)
    expect(since({ flavour: 'mariadb', version: [11, 0, 0] }, { mysql: [8, 0, 13], mariadb: [10, 6, 0] })).toBe(true)
  })

  it.each([
    ['', 'STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'],
    ['STRICT_ALL_TABLES,NO_ZERO_DATE', 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'],
    [
      'REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ANSI,NO_BACKSLASH_ESCAPES,NO_ENGINE_SUBSTITUTION',
      'REAL_AS_FLOAT,PIPES_AS_CONCAT,IGNORE_SPACE,NO_ENGINE_SUBSTITUTION,STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO',
    ],
  ])('with the modes %j has strict ones that read as ours do', (mode, expected) => {
    expect(sqlModes(mode)).toBe(expected)
  })
})
