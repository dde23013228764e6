import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { column, integer, type OperationRecorder, type Recording, table, text } from '@org/migrate-core'
import { record } from '@org/migrate-core/internal'
import { build } from 'esbuild'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordRepeatable } from '../../../packages/core/src/operations/record-repeatable.ts'
import { decodeRowValue, encodeRowValue } from '../../../packages/core/src/operations/recorder.ts'

const recording = (up: (op: OperationRecorder) => void): Recording =>
  record({ revision: 'r1', dialect: 'sqlite', build: up })
const operations = (up: (op: OperationRecorder) => void) => recording(up).operations.map(({ operation }) => operation)

function frozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(frozen)
}

const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/\p{Cc}/u.test(text))
const cell = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt(),
  fc.uint8Array(),
  fc.jsonValue().filter((value) => typeof value === 'object' && value !== null) as fc.Arbitrary<object>,
)

describe('a recording is data', () => {
  it('equals itself after a round trip through JSON, and nothing of it can be changed', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 5 }),
        fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
        fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
        (names, cells, value) => {
          const { operations: recorded } = recording((op) => {
            op.createTable(names[0] ?? 'x', (t) => {
              for (const one of names) t.column(one, text(), { default: value })
              t.primaryKey(names)
              t.options(Object.fromEntries(names.map((one) => [one, true])))
            })
            const rows = cells.map((row) => Object.fromEntries(names.map((one, at) => [one, row[at] ?? null])))
            op.insertRows(names[0] ?? 'x', rows, { key: names.slice(0, 1) })
          })
          expect(JSON.parse(JSON.stringify(recorded))).toEqual(recorded)
          expect(frozen(recorded)).toBe(true)
        },
      ),
    )
  })

  it('takes a declared table, or its model, as it stands', () => {
    const declared = table('tags', { tag: column(text(), { nullable: false }) }, { primaryKey: ['tag'] })
    const created = {
      kind: 'createTable',
      table: {
        ref: { name: 'tags' },
        columns: [{ name: 'tag', type: { kind: 'text' }, nullable: false }],
        constraints: [{ kind: 'primaryKey', columns: ['tag'] }],
        indexes: [],
        options: {},
      },
    }
    expect(operations((op) => op.createTable(declared))).toEqual([created])
    expect(operations((op) => op.createTable(declared.model, { ifNotExists: true }))).toEqual([
      { ...created, ifNotExists: true },
    ])
  })

  it('does not follow what the caller changes afterwards', () => {
    const values = ['sad']
    const recorded = operations((op) => {
      op.createEnum('mood', values)
      values.push('ok')
    })
    expect(recorded).toEqual([{ kind: 'createEnum', enum: { ref: { name: 'mood' }, values: ['sad'] } }])
  })
})

describe('values of rows', () => {
  it.each([
    ['text', 'text', 'text'],
    [1.5, 1.5, 1.5],
    [true, true, true],
    [null, null, null],
    [9007199254740993n, { $bigint: '9007199254740993' }, 9007199254740993n],
    [new Uint8Array([0, 1, 255]), { $bytes: 'AAH/' }, Buffer.from([0, 1, 255])],
    [{ a: [1, null] }, { $json: { a: [1, null] } }, '{"a":[1,null]}'],
    [[], { $json: [] }, '[]'],
  ])('%o', (value, encoded, decoded) => {
    expect(encodeRowValue(value)).toEqual(encoded)
    expect(decodeRowValue(encodeRowValue(value))).toEqual(decoded)
  })

  it('columns may have any name', () => {
    const row = JSON.parse('{"__proto__": 1, "constructor": "c"}') as { [column: string]: number }
    expect(operations((op) => op.insertRows('odd', [row], { key: ['__proto__'] }))).toEqual([
      {
        kind: 'insertRows',
        table: { name: 'odd' },
        columns: ['__proto__', 'constructor'],
        rows: [[1, 'c']],
        key: ['__proto__'],
      },
    ])
  })
})

describe('recording twice', () => {
  it('gives the recording where both are equal', () => {
    const result = recordRepeatable({ revision: 'r1', dialect: 'mysql', build: (op) => op.createSchema('a') })
    expect(result.operations.map(({ operation }) => operation)).toEqual([{ kind: 'createSchema', schema: 'a' }])
  })

  it.each<[string, number, (op: OperationRecorder, call: number) => void]>([
    ['another value', 1, (op, call) => [op.createSchema('a'), op.createSchema(`b${call}`)]],
    ['an operation more', 1, (op, call) => [op.createSchema('a'), call === 2 && op.createSchema('b')]],
    ['an operation less', 0, (op, call) => call === 1 && op.createSchema('a')],
  ])('refuses %s', (_what, index, up) => {
    let call = 0
    const recordSame = () =>
      recordRepeatable({
        revision: 'r1',
        dialect: 'sqlite',
        build: (op) => {
          call += 1
          up(op, call)
        },
      })
    expect(recordSame).toThrowError(
      expect.objectContaining({ code: 'RECORDING_NOT_REPEATABLE', details: { revision: 'r1', index } }),
    )
  })
})

describe('the line of the revision', () => {
  it('is told of an operation that only the second recording has', () => {
    let call = 0
    const build = (op: OperationRecorder) => {
      call += 1
      if (call === 2) op.createSchema('b')
    }
    expect(() => recordRepeatable({ revision: 'r1', dialect: 'sqlite', build })).toThrowError(
      expect.objectContaining({
        location: { revision: 'r1', source: expect.stringMatching(/recording\.test\.ts:\d+:\d+$/) },
      }),
    )
  })

  it('is found in a bundle, where core and revision are one file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bundle-'))
    try {
      const core = fileURLToPath(new URL('../../../packages/core/src/operations/recorder.ts', import.meta.url))
      await build({
        stdin: {
          contents: `import { record } from ${JSON.stringify(core)}
            export const sources = record({ revision: 'r1', dialect: 'sqlite', build: (op) => {
              op.createSchema('here')
              op.alterTable('users', (t) => { t.dropColumn('there') })
            } }).operations.map(({ source }) => source)`,
          resolveDir: folder,
          loader: 'ts',
        },
        bundle: true,
        platform: 'node',
        format: 'esm',
        packages: 'external',
        outfile: join(folder, 'bundle.mjs'),
        logLevel: 'silent',
      })
      const file = join(folder, 'bundle.mjs')
      const { sources } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { sources: readonly string[] }
      const lines = (await readFile(file, 'utf8')).split('\n')
      const at = (source: string | undefined): string =>
        lines[Number(/:(\d+):\d+$/.exec(source ?? '')?.[1]) - 1]?.trim() ?? ''
      expect(sources.map(at)).toEqual([`op.createSchema("here");`, `t.dropColumn("there");`])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('is found through frames of the engine', () => {
    const { operations: recorded } = recording((op) => ['a', 'b'].map((one) => op.createSchema(one)))
    const direct = recording((op) => ['a'].forEach(op.createSchema as (name: string) => void))
    for (const { source } of [...recorded, ...direct.operations]) expect(source).toMatch(/recording\.test\.ts:\d+:\d+$/)
  })

  it('leaves the stack limit of the program alone', () => {
    const limit = Error.stackTraceLimit
    recording((op) => op.createSchema('a'))
    expect(Error.stackTraceLimit).toBe(limit)
  })

  it('costs one short stack for each call', () => {
    const { captureStackTrace } = Error
    const limits: number[] = []
    Error.captureStackTrace = (...args) => {
      limits.push(Error.stackTraceLimit)
      captureStackTrace(...args)
    }
    try {
      recording((op) => {
        for (let at = 0; at < 100; at += 1)
          op.alterTable(`t${at}`, (t) => t.addColumn('n', integer(), { nullable: false }))
      })
    } finally {
      Error.captureStackTrace = captureStackTrace
    }
    expect(limits.length).toBe(100)
    expect(Math.max(...limits)).toBeLessThan(20)
  })
})
