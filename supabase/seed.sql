-- The demo workspace: a dental practice and its agent `front-desk`, so that the first spoken question has
-- an answer before anybody has made an account. Every name in it is invented.
--
-- Run as the owner of the database, after the migrations, as often as you like: a row that exists stays
-- as it is, also when somebody has edited it. The documents come without vectors; the server makes them
-- when it starts (enqueue_stale_documents).
-- Each sentence stands alone and is short, because the agent quotes it aloud.

insert into public.workspaces (id, slug, name)
values ('00000000-0000-4000-8000-000000000001', 'demo', 'Maple Street Dental')
on conflict do nothing;

insert into public.agents (id, workspace_id, slug, name, description, draft)
values (
  '00000000-0000-4000-8000-000200000001',
  '00000000-0000-4000-8000-000000000001',
  'front-desk',
  'Front desk',
  'Answers the phone of Maple Street Dental: hours, prices, appointments and directions.',
  $json${
    "prompt": "You answer the phone of Maple Street Dental, a dental practice. Answer from the knowledge base, in one or two short sentences. When the answer is not there, say that you do not know and offer to take a message. Never give medical advice beyond what is written there.",
    "personality": "Calm, friendly and brief.",
    "greeting": "Maple Street Dental, good day. How can I help you?",
    "language": "en-US",
    "voice": {"provider": "piper", "name": "joe", "speed": 1.0},
    "turn": {
      "silence_min_ms": 200,
      "silence_max_ms": 1500,
      "pause_after_ms": 80,
      "stop_after_ms": 200,
      "interruptible": true
    },
    "knowledge": {"enabled": true, "passages_max": 4},
    "limits": {"duration_max_s": 1800, "idle_reminder_s": 12, "idle_reminders_max": 2},
    "recording": {"enabled": true},
    "phrases": {
      "unknown": "I'm sorry, I don't know that. I can take a message or connect you with a person.",
      "handover": "Let me connect you with a person who can help.",
      "goodbye": "Thank you for calling. Goodbye!",
      "reminder": "Are you still there?",
      "clarify": "Sorry, I didn't catch that. Could you say it again?"
    }
  }$json$)
on conflict do nothing;

-- Shown at /demo by pages of the server itself; other websites are for the owner to allow.
insert into public.widgets (workspace_id, agent_id, settings)
values (
  '00000000-0000-4000-8000-000000000001',
  '00000000-0000-4000-8000-000200000001',
  $json${
    "enabled": true,
    "title": "Front desk",
    "greeting": "Maple Street Dental, good day. How can I help you?",
    "suggestions": ["Are you open on Saturday?", "How much is a cleaning?", "Where can I park?"]
  }$json$
)
on conflict do nothing;

insert into public.configurations (id, workspace_id, agent_id, channel, name)
values ('00000000-0000-4000-8000-000600000001', '00000000-0000-4000-8000-000000000001',
        '00000000-0000-4000-8000-000200000001', 'web', 'Try page')
on conflict do nothing;

insert into public.knowledge_bases (id, workspace_id, name, description)
values ('00000000-0000-4000-8000-000300000001', '00000000-0000-4000-8000-000000000001',
        'Maple Street Dental', 'What callers ask the front desk.')
on conflict do nothing;

insert into public.agent_knowledge_bases (workspace_id, agent_id, knowledge_base_id)
values ('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000200000001',
        '00000000-0000-4000-8000-000300000001')
on conflict do nothing;

insert into public.knowledge_documents
  (id, workspace_id, knowledge_base_id, title, media_type, source)
select document.id::uuid, '00000000-0000-4000-8000-000000000001',
       '00000000-0000-4000-8000-000300000001', document.title, 'text/markdown', document.source
  from (values
('00000000-0000-4000-8000-000400000001', 'Opening hours', $markdown$# Opening hours

We are open from Monday to Thursday, from eight in the morning to six in the evening.
On Friday we are open from eight until two.
On Saturday we open at nine in the morning and close at noon.
We are closed on Sunday.
The front desk answers the phone during the lunch break.
$markdown$),
('00000000-0000-4000-8000-000400000002', 'Holidays', $markdown$# Holidays

We are closed on Christmas Day and on New Year's Day.
We are closed on Thanksgiving and on the day after it.
Every summer we close for the first week of August.
$markdown$),
('00000000-0000-4000-8000-000400000003', 'Address and contact', $markdown$# Address and contact

Our address is twenty four Maple Street, next to the public library.
The practice is on the second floor, above the flower shop.
Our phone number is five five five, zero one two three.
We answer every email within one working day.
$markdown$),
('00000000-0000-4000-8000-000400000004', 'Parking and transport', $markdown$# Parking and transport

You can park your car for free behind the building.
Parking is limited to two hours.
Bus number seven stops in front of our door.
The train station is a five minute walk away.
You can lock your bicycle in the rack beside the entrance.
$markdown$),
('00000000-0000-4000-8000-000400000005', 'Access', $markdown$# Access

There is a ramp at the entrance for wheelchairs, and an elevator to the second floor.
Every treatment room is wide enough for a wheelchair.
Guide dogs are welcome in our practice.
$markdown$),
('00000000-0000-4000-8000-000400000006', 'Prices', $markdown$# Prices

A checkup costs forty dollars.
A cleaning costs ninety dollars.
A filling costs one hundred and fifty dollars.
Tooth whitening costs three hundred dollars.
A crown costs eight hundred dollars.
$markdown$),
('00000000-0000-4000-8000-000400000007', 'Payment and insurance', $markdown$# Payment and insurance

You can pay in cash, with a credit card, or by bank transfer.
We do not accept checks.
We accept most insurance plans and send the bill to your insurance company.
You can pay a large bill in six monthly payments.
$markdown$),
('00000000-0000-4000-8000-000400000008', 'Appointments', $markdown$# Appointments

You can book an appointment by phone or on our website.
New patients get an appointment within two weeks.
A checkup takes thirty minutes.
A cleaning takes forty five minutes.
You can cancel an appointment for free until twenty four hours before it starts.
If you miss an appointment without canceling, we charge fifty dollars.
$markdown$),
('00000000-0000-4000-8000-000400000009', 'First visit', $markdown$# First visit

Please bring your insurance card and a list of your medicines to your first visit.
Please arrive ten minutes early for your first visit.
On your first visit, the dentist looks at all of your teeth and takes pictures.
$markdown$),
('00000000-0000-4000-8000-00040000000a', 'Emergencies', $markdown$# Emergencies

If you have strong tooth pain, we see you on the same day.
At night, call the emergency line at five five five, zero one nine nine.
If a tooth is knocked out, keep it in milk and come to us at once.
If a filling falls out, call us and do not chew on that side.
$markdown$),
('00000000-0000-4000-8000-00040000000b', 'Our team', $markdown$# Our team

Doctor Anna Green owns the practice and treats adults.
Doctor Peter Baker is our dentist for children.
Maria Stone does the cleanings.
Our team speaks English, Spanish and German.
$markdown$),
('00000000-0000-4000-8000-00040000000c', 'Children', $markdown$# Children

The first visit of a child is free.
Children should see a dentist for the first time at the age of two.
There are books and toys in our waiting room.
A parent may stay in the room during the treatment.
$markdown$)
) as document (id, title, source)
on conflict do nothing;
