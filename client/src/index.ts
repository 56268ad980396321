// Talks to an agent from a web page, without any view: session, chat, voice.
//
//   const visitor = new Visitor({ server: 'https://voice.example', agent: '…' });
//   for await (const part of visitor.say('Are you open on Saturday?')) show(part.text);
//   const call = await startCall(visitor, { onTurn, onMoment, onTrouble, onEnd });
export { Trouble, troubleOf, type TroubleCode } from './trouble.ts';
export { memoryStorage, Visitor, type Identity, type VisitorOptions } from './visitor.ts';
export { type Reply } from './stream.ts';
export {
  askForMicrophone,
  startCall,
  type CallHooks,
  type CallMoment,
  type RunningCall,
  type SpokenTurn,
} from './voice.ts';
export type {
  WidgetEventKind,
  WidgetHistory,
  WidgetLook,
  WidgetRating,
  WidgetSessionOutput,
  WidgetTurnOutput,
} from '../../contract/api';
