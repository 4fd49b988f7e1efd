export { createTransport, sharesPromises } from './web'
