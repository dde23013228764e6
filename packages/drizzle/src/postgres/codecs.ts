import * as core from 'drizzle-orm/pg-core'
import {
  type Codec,
  type Codecs,
  readAll,
  toBigint,
  toBoolean,
  toDate,
  toJson,
  toNumber,
  toText,
  toUtcDate,
} from '../connect/codecs.ts'

type Read = (value: unknown) => unknown

/** What 1.0 publishes for codecs. */
interface Version1 {
  refineGenericPgCodecs(own: Codecs): Codecs
  parsePgArray(text: string, delimiter?: string): readonly unknown[]
  makePgArray(list: readonly unknown[], delimiter?: string): string
  readonly parsePointXY: Read
  readonly parsePointTuple: Read
  readonly parseLineABC: Read
  readonly parseLineTuple: Read
  readonly parseGeometryXY: Read
  readonly parseGeometryTuple: Read
  readonly parsePgVector: Read
}

const asIs: Read = (value) => value
const hexBytes: Read = (value) => (typeof value === 'string' ? Buffer.from(value.slice(2), 'hex') : value)
const bytesHex: Read = (value) => (value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value)

function eachOf(list: unknown, dimensions: number, read: Read): unknown {
  return dimensions > 0 && Array.isArray(list) ? list.map((each) => eachOf(each, dimensions - 1, read)) : read(list)
}

/** An array comes as the server's text, and is sent as that. */
function withArrays(
  { parsePgArray, makePgArray }: Version1,
  type: string,
  { normalize = asIs, ...rest }: Codec,
): Codec {
  const delimiter = type.startsWith('geometry') ? ':' : ','
  const param = rest.normalizeParam ?? bytesHex
  return {
    ...(normalize === asIs ? {} : { normalize }),
    ...rest,
    normalizeArray: (value, dimensions) =>
      eachOf(typeof value === 'string' ? parsePgArray(value, delimiter) : value, dimensions, normalize),
    normalizeParamArray: (value, dimensions) =>
      makePgArray(eachOf(value, dimensions, param) as readonly unknown[], delimiter),
  }
}

const texts = [
  ...['numeric', 'char', 'varchar', 'text', 'uuid', 'inet', 'cidr', 'macaddr', 'macaddr8', 'enum', 'bit', 'sparsevec'],
  ...['interval', 'time', 'timetz', 'date:string', 'timestamp:string', 'timestamptz:string'],
]
const numbers = [
  ...['smallint', 'int', 'smallserial', 'serial', 'oid', 'float4', 'float8'],
  ...['bigint:number', 'bigserial:number', 'numeric:number'],
]

const json: Codec = { normalize: toJson, normalizeParam: (value) => JSON.stringify(value) }

/** The codecs of our connections, for drizzle-orm 1.0. */
export function postgresCodecs(): Codecs {
  const version1 = core as unknown as Version1
  const own: Codecs = {
    ...readAll(texts, asIs),
    ...readAll(numbers, toNumber),
    ...readAll(['bigint', 'bigserial', 'numeric:bigint'], toBigint),
    ...readAll(['bigint:string'], toText),
    ...readAll(['bool'], toBoolean),
    ...readAll(['bytea'], hexBytes),
    ...readAll(['date', 'timestamptz'], toDate),
    ...readAll(['timestamp'], toUtcDate),
    json,
    jsonb: json,
    point: { normalize: version1.parsePointXY },
    'point:tuple': { normalize: version1.parsePointTuple },
    line: { normalize: version1.parseLineABC },
    'line:tuple': { normalize: version1.parseLineTuple },
    'geometry(point)': { normalize: version1.parseGeometryXY },
    'geometry(point):tuple': { normalize: version1.parseGeometryTuple },
    ...readAll(['vector', 'halfvec'], version1.parsePgVector),
  }
  return version1.refineGenericPgCodecs(
    Object.fromEntries(Object.entries(own).map(([type, codec]) => [type, withArrays(version1, type, codec)])),
  )
}
