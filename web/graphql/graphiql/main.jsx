// The page of GraphiQL: queries and mutations by POST, subscriptions as events.
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-sse';
import { createRoot } from 'react-dom/client';
import 'graphiql/graphiql.css';
import './page.css';

const url = location.pathname.replace(/graphiql\/?$/, 'graphql');
const sse = createClient({ url, retryAttempts: 3 });

// An operation is a subscription if its document says so under its name.
function isSubscription({ query, operationName }) {
  const names = [...query.matchAll(/^\s*(query|mutation|subscription)\b\s*(\w*)/gm)];
  const meant = names.find((m) => m[2] === (operationName ?? '')) ?? names[0];
  return meant?.[1] === 'subscription';
}

async function fetcher(params) {
  if (isSubscription(params)) return sse.iterate(params);
  const answer = await fetch(url, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
    body: JSON.stringify(params),
  });
  return answer.json();
}

const example = `# What is needed, and by when? Press the arrow above to ask.
{
  intents(first: 20, filter: {finished: false}) {
    nodes {
      id
      name
      receiver { name }
      resourceConformsTo { name }
      resourceQuantity { hasNumericalValue hasUnit { symbol } }
      due
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

// What is typed is forgotten with the page: a browser may be shared, and signing out
// does not empty what pages keep in it.
const typed = new Map();
const storage = {
  get length() { return typed.size; },
  getItem: (key) => typed.get(key) ?? null,
  setItem: (key, value) => { typed.set(key, String(value)); },
  removeItem: (key) => { typed.delete(key); },
  clear: () => { typed.clear(); },
};

createRoot(document.getElementById('graphiql')).render(<GraphiQL fetcher={fetcher} defaultQuery={example} storage={storage} />);
