import { bigint, column, enumeration, integer, readDeclared, table, text } from '@org/migrate-core'
import { emptySchema } from '@org/migrate-core/dialect'
import { allFeatures, generatedNameKey, supportedFeaturesOf, wholeSchema } from '@org/migrate-core/internal'
import { toDrizzle } from '@org/migrate-drizzle/sqlite'
import { sqliteTable, text as txt } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { portableFeatures } from '../../../packages/core/src/declare/declared-schema.ts'

const users = table('users', {
  id: column(integer(), { nullable: false }),
  mood: column(enumeration(['ok', 'bad'], { name: 'mood' })),
})
const posts = table('posts', { id: column(bigint()), model: column(text()) }, { schema: 'app' })

describe('readDeclared', () => {
  it('reads tables of table(…) from a module or a list, once each, and passes by what is none', () => {
    const module = { users, again: users, posts, helper: () => 1, limit: 5, none: null, model: { ref: 'x' } }
    const { schema, ...rest } = readDeclared(module)
    expect([...schema.tables]).toEqual([
      ['users', users.model],
      ['app.posts', posts.model],
    ])
    expect([...schema.enums.keys(), ...schema.schemas]).toEqual(['mood', 'app'])
    expect(rest).toEqual({
      existing: [],
      notes: [],
      supportedFeatures: portableFeatures,
      supportedFeaturesByTable: new Map(),
      generatedNames: new Set(),
    })
    expect(readDeclared([users, posts])).toEqual(readDeclared(module))
    expect(readDeclared([])).toEqual({ ...readDeclared([users]), schema: emptySchema })
  })

  it('reads the tables that toDrizzle made of them, and refuses those of Drizzle alone', () => {
    const simple = table('simple', { id: column(integer()) })
    expect(readDeclared([toDrizzle(simple)])).toEqual(readDeclared([simple]))
    expect(() => readDeclared([sqliteTable('t', { model: txt() })])).toThrowError(
      expect.objectContaining({ code: 'WRONG_DIALECT' }),
    )
  })

  it('refuses two tables of one name', () => {
    const other = table('users', { id: column(text()) })
    expect(() => readDeclared([users, other])).toThrowError(expect.objectContaining({ code: 'OBJECT_EXISTS' }))
  })
})

describe('what a declaration can say', () => {
  it('is everything of a replay or a database, and of table(…) what it has words for', () => {
    const features = Object.keys(allFeatures) as (keyof typeof allFeatures)[]
    expect(features.filter((word) => !allFeatures[word])).toEqual([])
    expect(features.filter((word) => !portableFeatures[word])).toEqual([
      'exclusions',
      'constraintDetails',
      'rowSecurity',
      'forcedRowSecurity',
      'triggers',
      'views',
      'materializedViews',
      'sequences',
      'sequenceTypes',
      'unusedEnums',
      'emptySchemas',
      'extensions',
    ])
    expect(wholeSchema(emptySchema)).toMatchObject({ schema: emptySchema, supportedFeatures: allFeatures })
  })

  it('is of the table where that was declared in another way', () => {
    const mixed = { ...wholeSchema(emptySchema), supportedFeaturesByTable: new Map([['app.posts', portableFeatures]]) }
    expect(supportedFeaturesOf(mixed, { schema: 'app', name: 'posts' })).toBe(portableFeatures)
    expect(supportedFeaturesOf(mixed, { name: 'posts' })).toBe(allFeatures)
  })

  it('tells the names of two tables apart, whatever they are called', () => {
    const keys = [
      generatedNameKey({ name: 'a.b' }, 'c'),
      generatedNameKey({ schema: 'a', name: 'b' }, 'c'),
      generatedNameKey({ name: 'a' }, 'b.c'),
      generatedNameKey({ name: 'a' }, 'b","c'),
    ]
    expect(new Set(keys).size).toBe(4)
  })
})
