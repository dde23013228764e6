import { partsOfSql, type SqlGrammar } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'

const grammars = {
  sqlite: sqliteDialect({ url: 'sqlite::memory:' }).sql.grammar,
  postgres: postgresDialect({ url: 'postgresql://localhost/x' }).sql.grammar,
  mysql: mysqlDialect({ url: 'mysql://localhost/x' }).sql.grammar,
}

/** The statements of each part. */
function statementTexts(text: string, grammar: SqlGrammar): readonly (readonly string[])[] {
  return partsOfSql(text, grammar).map(({ statements }) => statements.map((statement) => statement.text))
}

describe.each(['sqlite', 'postgres', 'mysql'] as const)('a file of SQL on %s', (name) => {
  const grammar = grammars[name]

  test('falls into the statements that semicolons end, without the comments around them', () => {
    const text =
      '-- first; of all\nCREATE TABLE a (x INT); /* ; */\n\nINSERT INTO a\n  VALUES (1) -- one;\n;;\nDROP TABLE a'
    expect(statementTexts(text, grammar)).toEqual([
      ['CREATE TABLE a (x INT)', 'INSERT INTO a\n  VALUES (1)', 'DROP TABLE a'],
    ])
  })

  test('falls into parts at lines that are a mark, ours and drizzle-kit’s, on a line of its own and behind a statement', () => {
    const text = [
      'CREATE TABLE a (x INT);',
      '  -- migrate: statement',
      'CREATE TABLE b (x INT);--> statement-breakpoint',
      'CREATE TABLE c (x INT);',
      '--> statement-breakpoint',
      'CREATE TABLE d (x INT) -- MIGRATE:  Statement  ',
      'CREATE TABLE e (x INT)',
    ].join('\n')
    expect(statementTexts(text, grammar)).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((table) => [`CREATE TABLE ${table} (x INT)`]),
    )
  })

  test('has no mark in a string, in the name of a column, or in a comment that says more', () => {
    const one = ["INSERT INTO a VALUES ('x;", '-- migrate: statement', '--> statement-breakpoint', "it''s; y')"].join(
      '\n',
    )
    expect(statementTexts(`${one};\n/*\n-- migrate: statement\n*/\n-- see -- migrate: statement`, grammar)).toEqual([
      [one],
    ])
  })

  test.each(['', '\n \n', '-- nothing\n/* at all; */\n', ';;;\n'])('of %j has no statement', (text) => {
    expect(statementTexts(text, grammar)).toEqual([[]])
  })

  test('ends a comment where the server ends it', () => {
    const text = 'DROP TABLE a -- of old;\r; DROP TABLE b -- of old;\r\n; DROP TABLE c'
    const first = name === 'postgres' ? ['DROP TABLE a', 'DROP TABLE b'] : ['DROP TABLE a']
    expect(statementTexts(text, grammar)).toEqual([[...first, 'DROP TABLE c']])
  })

  test('is read to its end where a quote or a comment stays open', () => {
    expect(statementTexts("SELECT 'a; b", grammar)).toEqual([["SELECT 'a; b"]])
    expect(statementTexts('SELECT 1; /* open;', grammar)).toEqual([['SELECT 1']])
  })

  test('says what else stands behind `migrate:`, and where', () => {
    const text = '-- migrate: no-transaction\nSELECT 1;\n-- migrate: statment\nSELECT 2'
    expect(partsOfSql(text, grammar).map(({ directives }) => directives)).toEqual([
      [
        { word: 'no-transaction', at: 0 },
        { word: 'statment', at: 37 },
      ],
    ])
  })

  // In the square of its length it would not come to an end.
  test('of 8 MB is read', () => {
    const value = "it's; ".repeat(1_200_000)
    const parsed = statementTexts(
      `INSERT INTO a VALUES ('${value.replaceAll("'", "''")}');\nINSERT INTO a VALUES (1);`,
      grammar,
    )
    expect(parsed[0]).toHaveLength(2)
  })
})

describe('semicolons in the body of a trigger or routine end no statement', () => {
  test('on SQLite', () => {
    const trigger = [
      'CREATE TEMP TRIGGER IF NOT EXISTS t AFTER UPDATE OF x ON a WHEN CASE new.x WHEN 1 THEN 1 ELSE 0 END BEGIN',
      '  UPDATE a SET x = CASE WHEN x > 1 THEN 2 END;',
      "  SELECT RAISE(ABORT, 'END;');",
      'END',
    ].join('\n')
    expect(statementTexts(`${trigger};\nSELECT 1;`, grammars.sqlite)).toEqual([[trigger, 'SELECT 1']])
    expect(statementTexts('CREATE TABLE [a;b] ("c;d" TEXT, `e;f` TEXT); SELECT 1', grammars.sqlite)).toEqual([
      ['CREATE TABLE [a;b] ("c;d" TEXT, `e;f` TEXT)', 'SELECT 1'],
    ])
    expect(statementTexts('CREATE TABLE trigger_log (event TEXT, begin TEXT); SELECT 1', grammars.sqlite)).toEqual([
      ['CREATE TABLE trigger_log (event TEXT, begin TEXT)', 'SELECT 1'],
    ])
  })

  // Neither is reserved there: https://www.sqlite.org/lang_keywords.html, https://dev.mysql.com/doc/refman/8.4/en/keywords.html
  test.each(['sqlite', 'mysql'] as const)('where columns are called begin and end, on %s', (name) => {
    const trigger = [
      'CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW BEGIN',
      '  INSERT INTO spans (begin, end) VALUES (new.begin, new.end);',
      '  INSERT INTO spans (id, end) SELECT begin, end FROM spans WHERE end > 0 AND begin = end;',
      '  UPDATE spans SET end = CASE WHEN end > begin THEN end ELSE end END, begin = 1;',
      'END',
    ].join('\n')
    expect(statementTexts(`${trigger};\nSELECT 1;`, grammars[name])).toEqual([[trigger, 'SELECT 1']])
    const header = 'CREATE TRIGGER t AFTER UPDATE OF begin, end ON a BEGIN SELECT 1; END'
    expect(statementTexts(`${header}; SELECT 2`, grammars[name])).toEqual([[header, 'SELECT 2']])
  })

  test('on MySQL and MariaDB', () => {
    const procedure = [
      "CREATE OR REPLACE DEFINER = `app`@`%` PROCEDURE p (IN n INT) COMMENT 'BEGIN; --'",
      'outer_block: BEGIN',
      '  DECLARE i INT DEFAULT 0; # one; two',
      '  IF n > 1 THEN SET i = 1; ELSEIF n > 2 THEN SET i = IF(n > 3, 1, 2); END IF;',
      '  WHILE i < n DO SET i = i + 1; END WHILE;',
      '  REPEAT SET i = i - 1; UNTIL i < 0 END REPEAT;',
      '  l: LOOP LEAVE l; END LOOP l;',
      '  CASE n WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE;',
      '  SELECT CASE WHEN n = 1 THEN 2 END;',
      '  BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN SELECT 1; END; SELECT 2; END;',
      'END outer_block',
    ].join('\n')
    expect(statementTexts(`${procedure};\nCALL p(1);`, grammars.mysql)).toEqual([[procedure, 'CALL p(1)']])
    const single =
      'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF new.x IS NULL THEN SET new.x = 1; SET @a = 2; END IF'
    expect(statementTexts(`${single};\nSELECT 1`, grammars.mysql)).toEqual([[single, 'SELECT 1']])
    const block = 'BEGIN NOT ATOMIC SELECT 1; SELECT 2; END'
    expect(statementTexts(`${block}; SELECT 3`, grammars.mysql)).toEqual([[block, 'SELECT 3']])
    expect(statementTexts("/*!40101 SET NAMES utf8 */;\nSELECT 'it\\'s; \"' -- '", grammars.mysql)).toEqual([
      ['/*!40101 SET NAMES utf8 */', "SELECT 'it\\'s; \"'"],
    ])
  })

  test('on PostgreSQL', () => {
    const dollars =
      'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $body$\nBEGIN\n  -- migrate: statement\n  NEW.x := 1; RETURN NEW;\nEND; $$ $body$'
    const atomic =
      'CREATE FUNCTION g(n int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN n = 1 THEN 2 END; SELECT 3; END'
    const rule = 'CREATE RULE r AS ON INSERT TO a DO ALSO (INSERT INTO b VALUES (1); INSERT INTO b VALUES (2))'
    expect(statementTexts(`${dollars};\n${atomic};\n${rule};\nSELECT E'\\';' || $1;`, grammars.postgres)).toEqual([
      [dollars, atomic, rule, "SELECT E'\\';' || $1"],
    ])
  })
})
