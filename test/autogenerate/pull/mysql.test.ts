import { expect, test } from 'vitest'
import { describeOnEach } from '../../kit/servers.ts'
import { missingIn, pulled, undeclaredLines } from './kit.ts'

const rich = `
CREATE TABLE orgs (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL UNIQUE COMMENT 'it''s
two lines', state ENUM('sad', 'it''s ok', 'happy') NOT NULL DEFAULT 'happy', flags SET('a', 'b'), meta JSON, price DECIMAL(10, 2) DEFAULT 9.99,
  made TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), day DATE DEFAULT '2026-01-01',
  at DATETIME DEFAULT CURRENT_TIMESTAMP, ok TINYINT(1) NOT NULL DEFAULT 1, tiny TINYINT DEFAULT -1, year YEAR, ratio DOUBLE DEFAULT 0.5, one FLOAT,
  code CHAR(3), raw VARBINARY(16), big LONGBLOB, body MEDIUMTEXT, bits BIT(4) DEFAULT b'0101', key_text VARCHAR(64) DEFAULT (concat('a', 'b')),
  upper_name VARCHAR(80) GENERATED ALWAYS AS (upper(name)) VIRTUAL, \`stored\` INT AS (tiny + 1) STORED,
  CONSTRAINT sane CHECK (price >= 0 AND tiny < 100), KEY by_body (body(20)), FULLTEXT KEY words (body)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='who''s paying';
CREATE TABLE \`user-accounts\` (
  id INT NOT NULL AUTO_INCREMENT, org BIGINT UNSIGNED NOT NULL, \`class\` VARCHAR(20) DEFAULT NULL, \`E Mail\` VARCHAR(190), parent INT,
  PRIMARY KEY (id), UNIQUE KEY own (org, \`E Mail\`), KEY \`by class\` (\`class\` DESC, parent) COMMENT 'for lists',
  CONSTRAINT org_key FOREIGN KEY (org) REFERENCES orgs (id) ON DELETE CASCADE ON UPDATE CASCADE,
  FOREIGN KEY (parent) REFERENCES \`user-accounts\` (id) ON DELETE SET NULL
) DEFAULT CHARSET=latin1;
CREATE TABLE user_accounts (a INT, b INT, \`2\` INT, PRIMARY KEY (b, a));
CREATE TABLE \`class\` (a INT); CREATE TABLE \`date\` (a INT); CREATE TABLE \`1st\` (a INT);
CREATE TABLE kept (a INT PRIMARY KEY) ENGINE=MyISAM;
CREATE VIEW active_orgs AS SELECT id FROM orgs WHERE ok;
CREATE TRIGGER touched BEFORE UPDATE ON orgs FOR EACH ROW SET NEW.tiny = 1;
`

describeOnEach(['mariadb', 'mysql'], 'what is pulled', (createDatabase) => {
  test('a rich schema, read back, differs in nothing, and makes the same tables', async () => {
    const { url, sql } = await createDatabase()
    await sql(rich)
    const { declared, differences, text, ...declarations } = await pulled(url)
    expect(differences).toEqual([])
    expect(undeclaredLines({ ...declarations, text })).toEqual([
      'table | user_accounts | its columns are declared in another order: JavaScript puts names that are whole numbers first',
      'view | active_orgs | table(…) declares no views',
      'trigger | orgs.touched | table(…) declares no triggers',
    ])
    const rest = await missingIn((await createDatabase()).url, declared, url)
    expect(rest).toEqual(['create view active_orgs', 'create trigger touched on orgs'])
  })
})
