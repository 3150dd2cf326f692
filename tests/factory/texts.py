"""What the small models' tokenizers are trained on, and what tests have them read."""

ARABIC = """\
أعلنت وزارة الصحة يوم الاثنين افتتاح ثلاثة مستشفيات جديدة في المدينة.
قال المتحدث باسم الحكومة إن عدد المصابين بلغ 1250 شخصا في الأسبوع الماضي.
وصل الرئيس إلى العاصمة صباح اليوم للمشاركة في مؤتمر السلام.
هل تنجح المفاوضات بين الطرفين؟ لا أحد يعرف الجواب بعد.
ارتفعت أسعار النفط بنسبة ٣٫٥ في المئة بعد قرار المنظمة.
شهدت المنطقة الساحلية أمطارا غزيرة أدت إلى إغلاق الطرق الرئيسية.
وأضاف الوزير: «سنواصل العمل حتى يعود كل النازحين إلى بيوتهم».
فازت المدرسة الثانوية بجائزة العلوم؛ واحتفل الطلاب في الساحة.
انخفضت درجة الحرارة إلى خمس درجات تحت الصفر في الجبال.
تسعى الشركة إلى بناء مصنع كبير يوفر أربعة آلاف فرصة عمل.
نشرت الصحيفة تقريرا عن صيد السمك وحماية البحر من التلوث.
غادرت السفينة الميناء وعلى متنها مئتا راكب وحمولة من القمح.
"""

ENGLISH = """\
The ministry of health announced on Monday the opening of three new hospitals in the city.
A government spokesman said that 1,250 people fell ill last week.
The president arrived in the capital this morning to take part in a peace conference.
Will the talks between the two sides succeed? Nobody knows the answer yet.
Oil prices rose by 3.5 per cent after the organisation's decision.
Heavy rain along the coast closed the main roads, and schools stayed shut.
"We will go on working until all the displaced return to their homes," the minister added.
The secondary school won the science prize; the students celebrated in the square.
The temperature fell to five degrees below zero in the mountains.
The company wants to build a large factory that gives work to four thousand people.
The newspaper published a report on fishing and on protecting the sea from pollution.
The ship left the harbour with two hundred passengers and a load of wheat on board.
"""
