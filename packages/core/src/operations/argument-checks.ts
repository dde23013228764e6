import type { OptionCheck } from '../errors/option-check.ts'
import { shapeOf } from './recorder/shape/operations.ts'

/** An operation made by hand has the same members as a recorded one. */
export const isOperation: OptionCheck = (value) => shapeOf(value, '')
