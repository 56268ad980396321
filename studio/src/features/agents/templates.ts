// What a new agent may begin with. Everything in it can be changed.
import type { AgentInput, DocumentInput } from '../../api/contract';

export interface Template {
  id: string;
  name: string;
  about: string;
  agent: AgentInput;
  documents: readonly DocumentInput[];
}

const brief =
  'Answer from the knowledge base, in one or two short sentences. When the answer is not ' +
  'there, say that you do not know and offer to take a message.';

export const TEMPLATES: readonly Template[] = [
  {
    id: 'front-desk',
    name: 'Front desk',
    about: 'Answers the phone of a practice or an office: hours, prices, directions.',
    agent: {
      name: 'Front desk',
      description: 'Answers the phone: hours, prices, appointments and directions.',
      configuration: {
        prompt: `You answer the phone of our practice. ${brief} Never give medical advice.`,
        personality: 'Calm, friendly and brief.',
        greeting: 'Good day, this is the front desk. How can I help you?',
      },
    },
    documents: [
      {
        title: 'Opening hours',
        format: 'markdown',
        text:
          '# Opening hours\n\nWe are open from Monday to Friday, from eight in the morning to ' +
          'six in the evening.\nWe are closed on Saturday and Sunday.\n',
      },
    ],
  },
  {
    id: 'support',
    name: 'Product support',
    about: 'Answers questions about a product and passes on what it cannot solve.',
    agent: {
      name: 'Product support',
      description: 'First answers about the product; hands over what it cannot solve.',
      configuration: {
        prompt: `You answer questions about our product. ${brief} Ask which version they use when it matters.`,
        personality: 'Patient and precise. Explains one step at a time.',
        greeting: 'Hello, this is support. What can I help you with?',
        turn: { profile: 'patient' },
      },
    },
    documents: [
      {
        title: 'Restart the device',
        format: 'markdown',
        text:
          '# Restart the device\n\nHold the power button for ten seconds to restart the device.\n' +
          'The light turns green when it is ready.\n',
      },
    ],
  },
  {
    id: 'restaurant',
    name: 'Restaurant',
    about: 'Tells the hours, the menu and how to reserve a table.',
    agent: {
      name: 'Restaurant',
      description: 'Hours, menu and reservations.',
      configuration: {
        prompt: `You answer the phone of our restaurant. ${brief}`,
        personality: 'Warm and quick.',
        greeting: 'Good evening! How can I help you?',
        turn: { profile: 'fast' },
      },
    },
    documents: [
      {
        title: 'Reservations',
        format: 'markdown',
        text:
          '# Reservations\n\nA table can be reserved by phone until two hours before.\n' +
          'Groups of more than eight reserve by email.\nThe kitchen closes at ten in the evening.\n',
      },
    ],
  },
  {
    id: 'empty',
    name: 'Empty',
    about: 'A name and a greeting; the rest is yours.',
    agent: { name: 'New agent', description: '' },
    documents: [],
  },
];
