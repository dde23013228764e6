import { touchedObjects } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'

const mysql = { backslashEscapes: true, doubleQuotedStrings: true, backticks: true, hashComments: true }

const touched = (sql: string): unknown => touchedObjects(sql, mysql)

it.each([
  ['CREATE TABLE a (id int) COMMENT "b; c";', 'table', ['a']],
  ['create or replace table if not exists `a``b` (id int)', 'table', ['a`b']],
  ['CREATE TABLE a LIKE b', 'table', ['a']],
  ['ALTER TABLE a ADD COLUMN b int', 'table', ['a']],
  ['ALTER ONLINE TABLE IF EXISTS a RENAME COLUMN b TO c, RENAME INDEX d TO e', 'table', ['a']],
  ['ALTER TABLE a ADD b int, RENAME TO c', 'table', ['a', 'c']],
  ['ALTER TABLE a RENAME c', 'table', ['a', 'c']],
  ['ALTER TABLE a CONVERT TO CHARACTER SET utf8mb4', 'table', ['a']],
  ['DROP TABLE IF EXISTS a, b CASCADE', 'table', ['a', 'b']],
  ['RENAME TABLE a TO b, b TO c', 'table', ['a', 'b', 'b', 'c']],
  ['TRUNCATE a', 'table', ['a']],
  ['CREATE UNIQUE INDEX i USING BTREE ON a (id)', 'index', ['a']],
  ['DROP INDEX i ON a', 'index', ['a']],
  ['CREATE ALGORITHM = MERGE DEFINER = `x`@`y` SQL SECURITY INVOKER VIEW v AS SELECT 1', 'view', ['v']],
  ['DROP VIEW v, w', 'view', ['v', 'w']],
  ['CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.b = 1; END', 'trigger', []],
  ['CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END', 'routine', []],
  ['UPDATE a SET b = 1', 'rows', []],
])('%s: %s %j', (sql, kind, names) => {
  expect(touched(sql)).toEqual({ kind, names })
})

it.each([
  'CREATE TABLE other.a (id int)',
  'CREATE TEMPORARY TABLE a (id int)',
  'CREATE OR REPLACE TEMPORARY TABLE a (id int)',
  "CREATE DEFINER = 'x'@'%' EVENT e ON SCHEDULE EVERY 1 DAY DO CREATE TABLE a (id int)",
  'CREATE /*!50001 TEMPORARY */ TABLE a (id int)',
  'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DROP TABLE a',
  'CREATE DATABASE a',
  'CREATE SEQUENCE s',
  'ALTER TABLE other.a ADD b int',
  'ALTER TABLE a RENAME TO other.b',
  'ALTER TABLE a EXCHANGE PARTITION p WITH TABLE b',
  'ALTER TABLE a CONVERT PARTITION p TO TABLE b',
  'DROP TABLE a, other.b',
  'DROP TEMPORARY TABLE a',
  'DROP DATABASE a',
  'RENAME TABLE a TO b WAIT 1',
  'CREATE TABLE a (id int); DROP TABLE b',
  'UPDATE a SET b = 1; DROP TABLE b',
  'CALL p()',
  'WITH c AS (SELECT 1) SELECT * FROM c',
  'SET @a = 1',
  '',
])('tells nothing of: %s', (sql) => {
  expect(touched(sql)).toBeUndefined()
})
