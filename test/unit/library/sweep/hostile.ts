/** What the getters and functions among the values throw: it may come out as it is. */
export const ownError = new Error('thrown by the argument itself')
const fail = (): never => {
  throw ownError
}

const cyclic: { self?: unknown } = {}
cyclic.self = cyclic
const cyclicList: unknown[] = []
cyclicList.push(cyclicList)

/** Gives itself for every property. */
export const anything: unknown = new Proxy(() => anything, {
  get: (_target, key) => (key === Symbol.toPrimitive ? () => 'p' : key === 'then' ? undefined : anything),
})

export const hostile: readonly (readonly [label: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['0', 0],
  ['-1', -1],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['an empty text', ''],
  ['a text', 'x'],
  ['a NUL', '\0'],
  ['a long text', 'x'.repeat(1_000_000)],
  ['true', true],
  ['an empty list', []],
  ['a list of null', [null]],
  ['a list of numbers', [5]],
  ['a list of one text twice', ['a', 'a']],
  ['a sparse list', new Array(4_000_000_000)],
  ['a long list', new Array(2_000_000).fill(0)],
  ['an empty object', {}],
  ['a function', () => undefined],
  ['a function that throws', fail],
  ['a symbol', Symbol('s')],
  ['a bigint', 1n],
  ['an invalid date', new Date(Number.NaN)],
  ['a cyclic object', cyclic],
  ['a cyclic list', cyclicList],
  ['a getter that throws', Object.defineProperty({}, 'url', { enumerable: true, get: fail })],
  [
    'a proxy that throws',
    new Proxy({}, { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail, getPrototypeOf: fail }),
  ],
  ['a proxy of everything', anything],
  [
    'an endless iterable',
    {
      *[Symbol.iterator]() {
        for (;;) yield 1
      },
    },
  ],
  ['an object without a prototype', Object.create(null)],
  ['a map', new Map()],
  ['what looks like a list', { length: 1_000_000_000 }],
]
