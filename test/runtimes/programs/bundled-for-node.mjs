// The bundle for Node has the entry point for files besides.
import './bundled.mjs'
import { downloadVideo, fileStore } from 'runapi-video/node'

const facts = await globalThis.runMatrix(process.argv[2] ?? '')
console.log(`FACTS ${JSON.stringify({ ...facts, node: [typeof downloadVideo, typeof fileStore] })}`)
