import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { erdSvg } from '../../apps/cli/src/commands/erd/svg.ts'
import { describeOnDialects } from '../kit/servers.ts'
import { executeIn } from '../unit/run/kit.ts'
import { ensureBuilt, Project, revision } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
const projectOf = (files: Readonly<Record<string, string>>): Project => {
  const project = new Project(files)
  projects.push(project)
  return project
}
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const first = `  op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('nick name', varchar(40))
    t.column('age', integer(), { default: 18 })
    t.primaryKey(['id'])
    t.unique(['nick name'])
  })
  op.createTable('posts', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('author', integer(), { nullable: false })
    t.column('title', text())
    t.primaryKey(['id'])
    t.foreignKey({ columns: ['author'], references: { table: 'people', columns: ['id'] }, onDelete: 'cascade' })
  })
  op.createTable('old', (t) => {
    t.column('post', integer())
    t.foreignKey({ columns: ['post'], references: { table: 'posts', columns: ['id'] } })
  })`
const second = `  op.dropTable('old')
  op.renameTable('posts', 'articles')
  op.renameColumn('articles', 'title', 'headline')
  op.alterTable('people', (t) => {
    t.dropColumn('age')
    t.addColumn('born', text())
  })
  op.createTable('tags', (t) => {
    t.column('article', integer(), { nullable: false })
    t.column('word', varchar(20), { nullable: false })
    t.primaryKey(['article', 'word'])
    t.foreignKey({ columns: ['article'], references: { table: 'articles', columns: ['id'] } })
  })`
const files = {
  'migrations/a1_first.ts': revision('a1', null, first, 'first'),
  'migrations/b1_second.ts': revision('b1', 'a1', second, 'second'),
}

describe('erd', () => {
  test('the tables of a revision for Mermaid: keys, what may be absent, names that its grammar has no word for', () => {
    const { stdout, code } = projectOf(files).run(['erd', 'a1'])
    expect(code).toBe(0)
    expect(stdout).toBe(`erDiagram
  t0["old"] {
    INTEGER post FK
  }
  t1["people"] {
    INTEGER id PK "not null"
    VARCHAR(40) nick_name UK "nick name"
    INTEGER age
  }
  t2["posts"] {
    INTEGER id PK "not null"
    INTEGER author FK "not null"
    TEXT title
  }
  t2 |o--o{ t0 : "post"
  t1 ||--o{ t2 : "author"
`)
  })

  test('what leads from one revision to another is marked: renames are no loss', () => {
    const { stdout } = projectOf(files).run(['erd', '--changed', 'a1:head'])
    expect(stdout).toBe(`erDiagram
  t0["articles (was posts)"] {
    INTEGER id PK "not null"
    INTEGER author FK "not null"
    TEXT headline "was title"
  }
  t1["people"] {
    INTEGER id PK "not null"
    VARCHAR(40) nick_name UK "nick name"
    TEXT born "added"
    INTEGER age "removed"
  }
  t2["tags"] {
    INTEGER article PK, FK "not null"
    VARCHAR(20) word PK "not null"
  }
  t3["old"] {
    INTEGER post FK
  }
  t1 ||--o{ t0 : "author"
  t0 ||--o{ t2 : "article (added)"
  t0 |o--o{ t3 : "post (removed)"
  classDef added stroke:#1a7f37,stroke-width:3px
  class t2 added
  classDef removed stroke:#cf222e,stroke-width:3px,stroke-dasharray:6 4
  class t3 removed
  classDef altered stroke:#9a6700,stroke-width:3px
  class t0,t1 altered
`)
  })

  test('DBML', () => {
    const { stdout } = projectOf(files).run(['erd', '--changed', 'a1:b1', '--format', 'dbml'])
    expect(stdout).toBe(`Table "articles" {
  "id" INTEGER [pk, not null]
  "author" INTEGER [not null]
  "headline" TEXT [note: 'was title']
  Note: 'was posts'
}

Table "people" {
  "id" INTEGER [pk, not null]
  "nick name" VARCHAR(40) [unique]
  "born" TEXT [note: 'added']
  "age" INTEGER [default: \`18\`, note: 'removed']
  Note: 'altered'
}

Table "tags" {
  "article" INTEGER [not null]
  "word" VARCHAR(20) [not null]
  indexes {
    ("article", "word") [pk]
  }
  Note: 'added'
}

Table "old" {
  "post" INTEGER
  Note: 'removed'
}

Ref: "articles"."author" > "people"."id" [delete: cascade]

Ref: "tags"."article" > "articles"."id"

Ref: "old"."post" > "articles"."id"
`)
  })

  test('Graphviz, and the picture that it makes: a file that names nothing outside it', () => {
    const project = projectOf(files)
    const { stdout } = project.run(['erd', 'head', '--format', 'dot'])
    expect(stdout).toContain('t0:e1:e -> t1:c0:w [arrowhead=teetee arrowtail=crowodot]')
    expect(project.run(['erd', 'head', '--format', 'svg', '--out', 'schema.svg']).stdout).toBe(
      `b1: 3 tables, drawn in ${join(project.folder, 'schema.svg')}\n`,
    )
    const picture = readFileSync(join(project.folder, 'schema.svg'), 'utf8')
    for (const name of ['people', 'nick name', 'articles', 'headline', 'tags']) expect(picture).toContain(`>${name}<`)
    expect(picture).not.toMatch(/(?:href|src)=|url\(|@import|<script/)
  })

  test('names that a format has for its own, or has no character for', () => {
    const project = projectOf({})
    executeIn(project.database, 'CREATE TABLE "50 % \nof" (pk INTEGER, Uk TEXT, "a\uFFFEb" TEXT)')
    expect(project.run(['erd']).stdout).toBe(`erDiagram
  t0["50 #37; of"] {
    INTEGER _pk "pk"
    TEXT _Uk "Uk"
    TEXT a_b "a\uFFFEb"
  }
`)
    expect(project.run(['erd', '--format', 'dbml']).stdout).toContain('Table "50 %  of" {')
    const { stdout } = project.run(['erd', '--format', 'svg'])
    for (const text of ['50 %', 'a b']) expect(stdout).toContain(`>${text}`)
  })

  test('the database, without our own tables; nothing is created where there is none', () => {
    const project = projectOf(files)
    expect(project.run(['erd']).stdout).toBe('erDiagram\n')
    project.run(['upgrade'])
    expect(project.json(['erd'])).toMatchObject({
      of: project.database,
      tables: [{ name: 'articles' }, { name: 'people' }, { name: 'tags' }],
      references: [
        { from: 0, to: 1, columns: ['author'], references: ['id'], isOptional: false, onDelete: 'cascade' },
        { from: 2, to: 0, columns: ['article'], references: ['id'], isOptional: false },
      ],
    })
  })

  test('the declared schema', () => {
    const project = projectOf({
      ...files,
      'schema.ts':
        "import { column, integer, table } from '@org/migrate-core'\nexport const notes = table('notes', { id: column(integer(), { nullable: false }) })\n",
      'migrate.config.ts':
        "export default { url: 'sqlite:app.db', migrations: './migrations', autogenerate: { schema: './schema.ts' } }\n",
    })
    expect(project.run(['erd', 'declared']).stdout).toBe('erDiagram\n  t0["notes"] {\n    INTEGER id "not null"\n  }\n')
  })

  test.each([
    [['erd', 'declared'], 'does not say where the schema is declared'],
    [['erd', 'a1', '--changed', 'a1:b1'], '--changed says what is shown'],
    [['erd', '--changed', 'a1'], 'a1 is no range'],
    [['erd', '--changed', 'b1:a1'], 'a1 does not come after b1'],
    [['erd', 'nowhere'], 'nowhere'],
    [['erd', 'a1', '--out', 'absent/file.svg'], 'file.svg was not written: '],
    [['erd', 'a1', '--out', 'migrations'], 'it is there, and no regular file'],
  ])('%j is refused', (args, text) => {
    const { code, stdout, stderr } = projectOf(files).run(args)
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain(text)
  })
})

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'erd', (createDatabase) => {
  test('what the revisions make and what the server has are one picture, in its own types', async () => {
    const database = await createDatabase()
    const project = projectOf(files)
    const env = { APP_URL: database.url }
    expect(project.run(['upgrade'], { env }).code).toBe(0)
    const sorted = (args: readonly string[]): readonly string[] =>
      project
        .run([...args, '--format', 'dbml'], { env })
        .stdout.split('\n\n')
        .map((part) => part.trim())
        .sort()
    expect(sorted(['erd'])).toEqual(sorted(['erd', 'head']))
    expect(sorted(['erd']).join('\n')).toMatch(/"nick name" (?:varchar\(40\)|"character varying\(40\)") \[unique\]/i)
  })
})

describe('a large schema', () => {
  test('of 501 tables is drawn side by side, each with its line', async () => {
    const tables = Array.from({ length: 501 }, (_, at) => ({
      name: `table_${at}`,
      key: ['id'],
      columns: [{ name: 'id', type: 'integer', nullable: false, keys: ['pk' as const] }],
    }))
    const references = tables.slice(1).map((_, at) => ({
      from: at + 1,
      to: at,
      columns: ['id'],
      references: ['id'],
      isOptional: false,
      isUnique: true,
    }))
    const picture = await erdSvg({ tables, references, enums: [] })
    expect(picture.match(/>table_\d+</g)).toHaveLength(501)
    expect(picture.match(/class="edge"/g)).toHaveLength(500)
  })
})
