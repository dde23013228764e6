import * as api from '@opentelemetry/api'
import { graphOf, integer, revisions } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { createFleet } from '@org/migrate-fleet'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'

interface Recorded {
  readonly name: string
  readonly parent: string | undefined
  readonly attributes: api.Attributes
  status?: api.SpanStatus
  endedAt?: api.TimeInput | undefined
}

const parentKey = api.createContextKey('span of the test')
let spans: Recorded[]
let measured: { readonly name: string; readonly value: number }[]

/** A span of the API that notes what is done with it. */
function spanOf(recorded: Recorded): api.Span {
  const span = {
    ...api.INVALID_SPAN_CONTEXT,
    spanContext: () => api.INVALID_SPAN_CONTEXT,
    setAttribute: (key: string, value: api.AttributeValue) => {
      recorded.attributes[key] = value
      return span
    },
    setAttributes: (attributes: api.Attributes) => {
      Object.assign(recorded.attributes, attributes)
      return span
    },
    setStatus: (status: api.SpanStatus) => {
      recorded.status = status
      return span
    },
    end: (at?: api.TimeInput) => {
      recorded.endedAt = at ?? Date.now()
    },
    recorded,
  }
  return span as unknown as api.Span
}

function start(name: string, options: api.SpanOptions = {}, within = api.context.active()): api.Span {
  const parent = api.trace.getSpan(within) as unknown as { readonly recorded: Recorded } | undefined
  const recorded: Recorded = { name, parent: parent?.recorded.name, attributes: { ...options.attributes } }
  spans.push(recorded)
  return spanOf(recorded)
}
