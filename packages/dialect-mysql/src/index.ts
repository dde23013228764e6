export { capabilities } from './capabilities.ts'
export { quote } from './quote.ts'
